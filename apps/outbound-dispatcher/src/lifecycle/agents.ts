import type {
  AddedParticipant,
  AgentParticipant,
  AgentState,
  CallOptions,
  CallResult,
  ProviderClient,
} from '@heliograph/providers';
import { Unavailable } from '@heliograph/runtime';
import type { RoutingCheck } from '../routing/routing-check.ts';
import type { LookUp, RequestEnd, TargetGone, Waits } from '../sending/effect.ts';
import type { LedgeredCall } from '../sending/ledgered-call.ts';
import { providerRead } from '../sending/provider-read.ts';
import { expired } from '../sending/send-gates.ts';
import { memoOf } from '../sending/turn.ts';
import type { CommandJob, SettledCommand } from './command-job.ts';

/** An agent's part in a provider conversation that is to be changed; the entry in the ledger of that. */
export interface AgentAt {
  readonly providerConversationId: string;
  readonly entryId: string;
  readonly agentId: string;
  /** As it was fetched; absent: the agent has no part in it yet. */
  readonly present?: AgentParticipant | undefined;
}

export type Agents = { readonly kind: 'agents'; readonly agents: readonly AgentParticipant[] } | TargetGone | Waits;

interface Change {
  readonly isDone: (state: AgentState) => boolean;
  readonly request: (client: ProviderClient, options: CallOptions) => Promise<CallResult<Partial<AddedParticipant>>>;
}

/**
 * The agents of provider conversations. Their state is fetched before it is changed (guide 000, edge case 3), once for a
 * command and again after a refusal: never remembered from one command to the next. Who is already as wanted is left alone,
 * which is a success; and the same look tells what became of an attempt of unknown outcome.
 */
export class AgentCalls {
  constructor(
    private readonly calls: LedgeredCall,
    private readonly routing: RoutingCheck,
  ) {}

  /** @throws Unavailable when the provider does not say */
  async of(job: CommandJob, providerConversationId: string): Promise<Agents> {
    const { delivery, sending } = job;
    const memo = memoOf(delivery);
    if (memo.agents?.of === providerConversationId) return { kind: 'agents', agents: memo.agents.agents };
    const read = await providerRead(delivery, sending, 'transactional', (client, options) =>
      client.listParticipants({ providerConversationId }, options),
    );
    switch (read.kind) {
      case 'wait':
        return read;
      case 'unknown':
        throw new Unavailable(`the provider of account ${sending.account.id}`, read.reason);
      case 'refused': {
        const gone: TargetGone = { ...read, kind: 'target-gone' };
        return gone.code === 'forbidden' && this.refresh(job, gone) ? this.of(job, providerConversationId) : gone;
      }
      case 'read':
        memo.agents = { of: providerConversationId, agents: read.value };
        return { kind: 'agents', agents: read.value };
    }
  }

  /**
   * Adds an agent, or sets one who is there to another state. Settled with `accepted: false` where the provider took the request
   * and left the agent pending all the same (guide 000, section 5, the trap).
   */
  put(job: CommandJob, at: AgentAt, accepted: boolean, settled: SettledCommand): Promise<RequestEnd> {
    const { providerConversationId, agentId } = at;
    return this.change(job, at, settled, {
      isDone: (state) => state === 'accepted' || (!accepted && state === 'pending'),
      request: (client, options) => client.addParticipant({ providerConversationId, agentId, accepted }, options),
    });
  }

  /** @param again also where the agent has wrapped up already, because the conversation is still open */
  wrapUp(
    job: CommandJob,
    at: AgentAt & { readonly present: AgentParticipant },
    code: string,
    settled: SettledCommand,
    again = false,
  ): Promise<RequestEnd> {
    const { providerConversationId } = at;
    const { participantId } = at.present;
    return this.change(job, again ? { ...at, present: undefined } : at, settled, {
      isDone: (state) => state === 'wrapped-up',
      request: (client, options) => client.wrapUpParticipant({ providerConversationId, participantId, code }, options),
    });
  }

  /** After a refusal: whether it is worth one more try, with everything fetched anew. */
  refresh({ delivery, sending }: CommandJob, gone: TargetGone, userId?: string): boolean {
    memoOf(delivery).agents = undefined;
    const names = userId === undefined ? [] : [{ kind: 'user' as const, id: userId }];
    return this.routing.refresh(delivery, sending, names, gone);
  }

  private change(job: CommandJob, at: AgentAt, settled: SettledCommand, change: Change): Promise<RequestEnd> {
    const { command, delivery, sending } = job;
    const { agentId, entryId, present, providerConversationId } = at;
    const isDone = present !== undefined && change.isDone(present.state);
    const ask: LookUp['ask'] = (client) => async (options) => {
      const result = await client.listParticipants({ providerConversationId }, options);
      if (result.outcome !== 'ok') return result;
      const found = result.value.find((one) => one.agentId === agentId);
      return { ...result, value: found && change.isDone(found.state) ? settled : undefined };
    };
    const end = this.calls.run<Partial<AddedParticipant>>(delivery, sending, {
      entryId,
      priority: 'transactional',
      resends: 1,
      routed: true,
      refusal: () => expired(command),
      buckets: (clientId) => sending.buckets.request(clientId),
      call: isDone ? () => Promise.resolve({ outcome: 'ok', value: {} }) : change.request,
      settle: ({ state }) => (state === 'pending' ? { ...settled, accepted: false } : settled),
      lookUp: { ask },
    });
    // It names no window that could be closed.
    return end as Promise<RequestEnd>;
  }
}
