import type { AcceptParticipant, WrapUpParticipant } from '@heliograph/contracts';
import type { AgentParticipant } from '@heliograph/providers';
import type { RouteStore } from '../routes/route.store.ts';
import type { RequestEnd } from '../sending/effect.ts';
import type { AgentCalls, AgentAt } from './agents.ts';
import { NO_CONVERSATION, refused, type CommandEnd, type CommandJob, type SettledCommand } from './command-job.ts';

type ParticipantJob = CommandJob<AcceptParticipant | WrapUpParticipant>;
type Change = (at: AgentAt & { readonly present: AgentParticipant }, settled: SettledCommand) => Promise<RequestEnd>;

/** Sets one agent of the present provider conversation `accepted`, or wraps one up (guide 000, section 5). */
export class ParticipantCommands {
  constructor(
    private readonly routes: RouteStore,
    private readonly agents: AgentCalls,
  ) {}

  accept(job: CommandJob<AcceptParticipant>): Promise<CommandEnd> {
    return this.change(job, (at, settled) => {
      if (at.present.state !== 'wrapped-up') return this.agents.put(job, at, true, settled);
      const reason = `agent "${at.agentId}" has wrapped up; another part in the conversation begins with a hand-off`;
      return Promise.resolve({ kind: 'target-gone', code: 'invalid-request', reason });
    });
  }

  wrapUp(job: CommandJob<WrapUpParticipant>): Promise<CommandEnd> {
    return this.change(job, (at, settled) => this.agents.wrapUp(job, at, job.command.code, settled));
  }

  private async change(job: ParticipantJob, change: Change): Promise<CommandEnd> {
    const { command, delivery } = job;
    const { agentId, commandId, conversationId } = command;
    const { providerConversationId } = await this.routes.find(delivery, command);
    if (providerConversationId === undefined) return NO_CONVERSATION;
    for (;;) {
      const found = await this.agents.of(job, providerConversationId);
      if (found.kind === 'wait') return found;
      if (found.kind === 'target-gone') return refused(found.code, found.reason);
      const present = found.agents.find((agent) => agent.agentId === agentId);
      if (!present) return refused('not-found', `agent "${agentId}" has no part in the conversation`);
      const at = { providerConversationId, entryId: commandId, agentId, present };
      const end = await change(at, { at: '', providerConversationId });
      if (end.kind !== 'target-gone') return end;
      if (end.code === 'conversation-closed') await this.routes.gone(delivery, conversationId, providerConversationId);
      if (!this.agents.refresh(job, end)) return refused(end.code, end.reason);
    }
  }
}
