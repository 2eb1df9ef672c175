import type { AgentParticipant } from '@heliograph/providers';
import type { RequestEnd, Waits } from '../sending/effect.ts';
import type { LedgeredCall } from '../sending/ledgered-call.ts';
import type { AgentCalls } from './agents.ts';
import { refused, type CommandJob, type Refused } from './command-job.ts';

export interface WrappedUp {
  readonly kind: 'wrapped-up';
  /** Agents who were wrapped up for this command. */
  readonly agents: readonly string[];
  /** One of them perhaps twice. */
  readonly possiblyRepeated: boolean;
}

/** The agents of one provider conversation are to be wrapped up with this code. */
interface Ending {
  readonly job: CommandJob;
  readonly providerConversationId: string;
  readonly code: string;
}

/**
 * Wraps up every agent of a provider conversation who has not (guide 000, section 5: it is closed after that). Each request
 * has an entry of its own, so whoever goes on after a crash begins where it was left. An agent left pending accepts first, as
 * the guide's life cycle has it.
 */
export class WrapUps {
  constructor(
    private readonly agents: AgentCalls,
    private readonly calls: LedgeredCall,
  ) {}

  async all(job: CommandJob, providerConversationId: string, code: string): Promise<WrappedUp | Refused | Waits> {
    for (;;) {
      const found = await this.agents.of(job, providerConversationId);
      if (found.kind === 'wait') return found;
      if (found.kind === 'target-gone') {
        if (found.code === 'forbidden') return refused(found.code, found.reason);
        return { kind: 'wrapped-up', agents: [], possiblyRepeated: false };
      }
      const end = await this.each({ job, providerConversationId, code }, found.agents);
      if (end !== 'again') return end;
    }
  }

  private async each(
    ending: Ending,
    agents: readonly AgentParticipant[],
  ): Promise<WrappedUp | Refused | Waits | 'again'> {
    const done: string[] = [];
    let possiblyRepeated = false;
    let isClosed = false;
    for (const agent of agents) {
      const end = await this.one(ending, agent);
      if (end === undefined) continue;
      if (end.kind === 'wait') return end;
      if (end.kind === 'target-gone') {
        isClosed = end.code === 'conversation-closed';
        if (isClosed) break;
        return this.agents.refresh(ending.job, end) ? 'again' : couldNot(agent, end);
      }
      if (end.ended.state !== 'confirmed') return couldNot(agent, end.settled);
      done.push(agent.agentId);
      possiblyRepeated ||= end.ended.possiblyRepeated;
    }
    if (done.length === 0 && !isClosed) {
      const end = await this.again(ending, agents);
      if (end?.kind === 'wait') return end;
      possiblyRepeated ||= end?.kind === 'ended' && end.ended.possiblyRepeated;
    }
    return { kind: 'wrapped-up', agents: done, possiblyRepeated };
  }

  /**
   * Says once more that the last agent has wrapped up: all have, and the provider may have left the conversation active all the
   * same (guide 000, section 5). That it refuses changes nothing.
   */
  private async again({ job, providerConversationId, code }: Ending, agents: readonly AgentParticipant[]) {
    const present = agents.at(-1);
    if (!present) return undefined;
    const entryId = `${job.command.commandId}.again.${present.participantId}`;
    const at = { providerConversationId, entryId, agentId: present.agentId, present };
    return this.agents.wrapUp(job, at, code, { at: '' }, true);
  }

  /** @returns undefined for an agent who had wrapped up without this command */
  private async one(
    { job, providerConversationId, code }: Ending,
    agent: AgentParticipant,
  ): Promise<RequestEnd | undefined> {
    const { agentId, participantId } = agent;
    const entryId = `${job.command.commandId}.wrap.${participantId}`;
    // An attempt of this command may be why; it is resolved then like any other, so that it arrives behind nothing else.
    if (agent.state === 'wrapped-up' && !(await this.calls.isKnown(job.delivery, entryId))) return undefined;
    const at = { providerConversationId, entryId, agentId, present: agent };
    if (agent.state === 'pending') {
      const accept = { ...at, entryId: `${job.command.commandId}.accept.${participantId}` };
      const end = await this.agents.put(job, accept, true, { at: '' });
      if (end.kind !== 'ended' || end.ended.state !== 'confirmed') return end;
    }
    return this.agents.wrapUp(job, at, code, { at: '' });
  }
}

function couldNot({ agentId }: AgentParticipant, { code, reason }: { code?: string; reason?: string }): Refused {
  const why = reason ?? 'whether the provider did it is not known';
  return refused(code ?? 'unresolved', `agent "${agentId}" could not be wrapped up: ${why}`);
}
