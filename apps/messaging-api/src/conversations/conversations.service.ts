import { Injectable } from '@nestjs/common';
import type { SessionSnapshot, TimelineEntry } from '@heliograph/contracts';
import { TranscriptReader } from '@heliograph/conversations';
import { ApiError } from '@heliograph/http-api';
import type { TimelineEntryResponse, TimelineResponse } from '../timeline/timeline.response.ts';
import { TimelineStore } from '../timeline/timeline.store.ts';
import type { ConversationResponse } from './conversation.response.ts';
import { Sessions } from './sessions.ts';
import type { TranscriptResponse } from './transcript.response.ts';

/** WhatsApp lets a business write freely for 24 hours from the customer's last message. */
const WINDOW_MS = 24 * 60 * 60 * 1000;

export interface PageWish {
  readonly limit: number;
  readonly before: number | undefined;
}

/** Reads conversations; every method throws Unavailable without Redis, and ApiError 404 for what the tenant does not have. */
@Injectable()
export class ConversationsService {
  constructor(
    private readonly sessions: Sessions,
    private readonly timelines: TimelineStore,
    private readonly transcripts: TranscriptReader,
  ) {}

  async get(tenant: string, conversationId: string): Promise<ConversationResponse> {
    const session = await this.sessions.find(tenant, conversationId);
    if (!session) throw notFound();
    const { channel, sender, contact, state, sequence, providerConversationId, openedAt, closedAt, lastActivityAt } =
      session;
    const { stage, stageSince, participants = [], held = [] } = session;
    return {
      ...{ conversationId, channel, sender, contact, state, session: session.session, sequence },
      ...{ stage, stageSince, participants, held: held.length },
      ...{ windowOpenUntil: windowEnd(session), assignee: assigneeOf(session) },
      ...{ providerConversationId, openedAt, closedAt, lastActivityAt },
    };
  }

  async transcript(tenant: string, conversationId: string): Promise<TranscriptResponse> {
    const found = await this.sessions.find(tenant, conversationId);
    if (!found) throw notFound();
    const { session } = found;
    const read = await this.transcripts.read(this.sessions.partitionOf(conversationId), conversationId, session);
    return { conversationId, session, lines: read.lines, omitted: read.omitted };
  }

  async timeline(tenant: string, conversationId: string, { limit, before }: PageWish): Promise<TimelineResponse> {
    const partition = this.sessions.partitionOf(conversationId);
    const page = await this.timelines.page(partition, conversationId, limit, before);
    if (page?.tenant !== tenant) return this.emptyTimeline(tenant, conversationId);
    const entries = page.entries.map(shown);
    const last = entries.at(-1)?.sequence;
    return {
      conversationId,
      entries,
      ...(last !== undefined && last > page.oldestKept && { next: last }),
      complete: page.oldestKept === 1,
    };
  }

  /** The index follows a moment behind session-state; entries it no longer has are missing for good. */
  private async emptyTimeline(tenant: string, conversationId: string): Promise<TimelineResponse> {
    const session = await this.sessions.find(tenant, conversationId);
    if (!session) throw notFound();
    return { conversationId, entries: [], complete: session.sequence === 0 };
  }
}

const notFound = (): ApiError => new ApiError(404, 'There is no conversation with this id');

function windowEnd({ channel, lastCustomerMessageAt }: SessionSnapshot): string | undefined {
  if (channel !== 'whatsapp' || lastCustomerMessageAt === undefined) return undefined;
  return new Date(Date.parse(lastCustomerMessageAt) + WINDOW_MS).toISOString();
}

function assigneeOf({ assigneeKind: kind, assigneeId: id }: SessionSnapshot): ConversationResponse['assignee'] {
  return kind !== undefined && id !== undefined ? { kind, id } : undefined;
}

/** Without the parties, which are the same in each entry. */
function shown({ sequence, session, kind, factId, at, fact }: TimelineEntry): TimelineEntryResponse {
  return { sequence, session, kind, factId, at, fact };
}
