import { Injectable } from '@nestjs/common';
import { EVENTS, type TimelineEntry } from '@heliograph/contracts';
import { ApiError } from '@heliograph/http-api';
import { Sessions } from '../conversations/sessions.ts';
import { AcceptanceStore } from '../messages/acceptance.store.ts';
import { TimelineStore } from '../timeline/timeline.store.ts';
import type { CommandResponse, CommandStatus } from './command.response.ts';

const PAGE = 200;

/** What became of a command: as the timeline tells it, before that as this service accepted it. */
@Injectable()
export class CommandStatusService {
  constructor(
    private readonly acceptances: AcceptanceStore,
    private readonly timelines: TimelineStore,
    private readonly sessions: Sessions,
  ) {}

  /**
   * @throws ApiError 404 when the tenant has given no such command through this API in the last 7 days
   * @throws Unavailable
   */
  async statusOf(tenant: string, commandId: string): Promise<CommandResponse> {
    const acceptance = await this.acceptances.find(commandId);
    if (acceptance?.tenant !== tenant) throw new ApiError(404, 'There is no command with this id');
    const { conversationId, acceptedAt, written } = acceptance;
    const found = await this.find(conversationId, commandId, acceptedAt);
    if (found === 'forgotten') return { commandId, conversationId, status: 'unknown', at: acceptedAt };
    if (!found) return { commandId, conversationId, status: written ? 'queued' : 'accepting', at: acceptedAt };
    const { kind, sequence, at, fact } = found;
    const { code, reason } = fact as { code?: string; reason?: string };
    const outcome = { commandId, conversationId, status: statusOf(kind, code), at, kind, sequence };
    return kind === EVENTS.commandFailed.type ? { ...outcome, code, reason } : outcome;
  }

  /** The newest entry about it decides: a dead letter may have been put back. */
  private async find(
    conversationId: string,
    commandId: string,
    acceptedAt: string,
  ): Promise<TimelineEntry | 'forgotten' | undefined> {
    const partition = this.sessions.partitionOf(conversationId);
    let before: number | undefined;
    for (;;) {
      const page = await this.timelines.page(partition, conversationId, PAGE, before);
      const last = page?.entries.at(-1);
      if (!page || !last) return undefined;
      const found = page.entries.find(({ fact }) => fact.commandId === commandId);
      if (found) return found;
      if (last.sequence <= page.oldestKept)
        return page.oldestKept > 1 && last.at > acceptedAt ? 'forgotten' : undefined;
      before = last.sequence;
    }
  }
}

function statusOf(kind: string, code: string | undefined): CommandStatus {
  if (kind !== EVENTS.commandFailed.type) return 'done';
  return code === 'unresolved' ? 'unresolved' : 'failed';
}
