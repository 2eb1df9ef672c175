import type { CloseConversation } from '@heliograph/contracts';
import type { RouteStore } from '../routes/route.store.ts';
import type { LedgeredCall } from '../sending/ledgered-call.ts';
import { memoOf } from '../sending/turn.ts';
import type { CommandEnd, CommandJob, SettledCommand } from './command-job.ts';
import type { WrapUps } from './wrap-ups.ts';

/**
 * Ends the present session: every agent is wrapped up, after which the provider closes its conversation and says so (guide
 * 000, section 5). With nobody left it is over on our side, whatever the provider does.
 */
export class Closings {
  constructor(
    private readonly routes: RouteStore,
    private readonly wrapUps: WrapUps,
    private readonly calls: LedgeredCall,
  ) {}

  async close(job: CommandJob<CloseConversation>): Promise<CommandEnd> {
    const { command, delivery } = job;
    const memo = memoOf(delivery);
    memo.closes ??= await this.routes.find(delivery, command);
    const { providerConversationId } = memo.closes;
    let settled: SettledCommand = { at: '', wrappedUp: [] };
    if (providerConversationId !== undefined) {
      const end = await this.wrapUps.all(job, providerConversationId, command.code);
      if (end.kind !== 'wrapped-up') return end;
      settled = { ...settled, providerConversationId, wrappedUp: end.agents, repeated: end.possiblyRepeated };
    }
    return this.calls.settle(delivery, command.commandId, settled);
  }
}
