import {
  statusStep,
  type CampaignEntry,
  type MessageProgress,
  type MessageStatus,
  type SessionSnapshot,
} from '@heliograph/contracts';
import { CONTACT_OPTED_OUT } from '../consent/provider-said.ts';
import type { Fact } from '../facts.ts';
import { repliedToEarly, repliesTo } from './last-campaign.ts';

/** Code of a message that the provider took, and reports as failed afterwards. */
const NOT_DELIVERED = 'not-delivered';

interface Report {
  readonly status: MessageStatus;
  readonly code?: string | undefined;
}

/**
 * What the fact's own entry tells of a campaign's message; undefined where it is about none.
 *
 * @param state before the fact
 * @param saidNo the customer says no with it
 */
export function campaignEntryOf(
  state: SessionSnapshot,
  fact: Fact,
  { moment, saidNo }: { moment: number; saidNo: boolean },
): CampaignEntry | undefined {
  switch (fact.type) {
    case 'message.received':
      return repliesTo(state, moment) && { ...placeOf(state), reply: true, ...(saidNo && { optOut: true }) };
    case 'contact.consent-reported':
      return saidNo && repliesTo(state, moment) ? { ...placeOf(state), optOut: true } : undefined;
    case 'message.status-reported': {
      const known = state.messages.find(({ providerMessageId: id }) => id === fact.data.providerMessageId);
      return known && entryAfter(known, reportOf(fact.data));
    }
    case 'message.sent':
      return withEarlyReply(ownEntry(state, fact.data, { status: 'sent' }), state, moment);
    case 'message.failed':
      return ownEntry(state, fact.data, { status: 'failed', code: fact.data.code });
    case 'message.suppressed':
      return ownEntry(state, fact.data, { status: 'suppressed' });
    case 'message.unresolved':
      return ownEntry(state, fact.data, { status: 'unresolved' });
    case 'message.held':
    case 'message.diverted': {
      const { messageId, command } = fact.data;
      const status = fact.type === 'message.held' ? 'queued' : 'diverted';
      return ownEntry(state, { messageId, campaignId: command.campaign?.campaignId }, { status });
    }
    default:
      return undefined;
  }
}

/** What an entry tells of a message that has got a report; undefined when it is no campaign's. */
export function entryAfter(message: MessageProgress, report: Report): CampaignEntry | undefined {
  const { campaignId, messageId, status: present } = message;
  if (campaignId === undefined) return undefined;
  const status = statusStep(present, report.status) === 'stale' ? present : report.status;
  const code = status === 'failed' && report.status === 'failed' ? report.code : undefined;
  return { campaignId, messageId, status, ...(code !== undefined && { code }) };
}

export const reportOf = ({ status, optedOut }: { status: MessageStatus; optedOut?: boolean | undefined }): Report => ({
  status,
  code: optedOut ? CONTACT_OPTED_OUT : NOT_DELIVERED,
});

function ownEntry(
  { messages }: SessionSnapshot,
  { messageId, campaignId }: { messageId: string; campaignId?: string | undefined },
  report: Report,
): CampaignEntry | undefined {
  const known = messages.find((message) => message.messageId === messageId);
  const message = { status: 'queued' as const, ...known, messageId, at: '' };
  return entryAfter({ ...message, campaignId: known?.campaignId ?? campaignId }, report);
}

/** The customer was quicker than the word that it was sent. */
function withEarlyReply(
  entry: CampaignEntry | undefined,
  state: SessionSnapshot,
  sentAt: number,
): CampaignEntry | undefined {
  return entry && { ...entry, ...repliedToEarly(state, sentAt) };
}

function placeOf({ lastCampaign }: SessionSnapshot): Pick<CampaignEntry, 'campaignId' | 'messageId'> {
  const { campaignId, messageId } = lastCampaign!;
  return { campaignId, messageId };
}
