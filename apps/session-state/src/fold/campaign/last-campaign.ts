import type { CampaignEntry, ConsentSource, MessageStatus, SessionSnapshot } from '@heliograph/contracts';
import type { Command } from '../commands.ts';

/** What the customer writes within this time is a reply to the campaign that wrote last. */
const REPLY_MS = 7 * 24 * 60 * 60 * 1000;
/** Providers tell in whole seconds when a customer wrote, and the clock of the answer to a send is another one. */
const CLOCKS_MS = 2_000;

const BY_ERROR: ConsentSource = 'provider-error';
const WENT_OUT: readonly (MessageStatus | undefined)[] = ['sent', 'delivered', 'read'];

/** Whether what the customer says at a moment is said to the last message of a campaign. */
export function repliesTo({ lastCampaign }: SessionSnapshot, moment: number): true | undefined {
  if (!lastCampaign) return undefined;
  const since = moment - Date.parse(lastCampaign.at);
  return since > -CLOCKS_MS && since < REPLY_MS ? true : undefined;
}

/** What the customer said after the message had gone out, and before that was known here. */
export function repliedToEarly(
  { lastCustomerMessageAt, lastOptOutAt }: SessionSnapshot,
  sentAt: number,
): Pick<CampaignEntry, 'reply' | 'optOut'> {
  const isAfter = (at: string | undefined): boolean => at !== undefined && Date.parse(at) > sentAt - CLOCKS_MS;
  return {
    ...(isAfter(lastCustomerMessageAt) && { reply: true }),
    ...(isAfter(lastOptOutAt) && { optOut: true }),
  };
}

/** The customer says no with what these commands follow from; a refusal of the provider may be about an earlier no. */
export const saysNo = (commands: readonly Command[] = []): boolean =>
  commands.some(({ type, data }) => type === 'consent.change' && data.change === 'opt-out' && data.source !== BY_ERROR);

/**
 * The state in which the last message of a campaign is the one that the entry says has gone out.
 *
 * @param before the state before the fact of the entry
 */
export function withLastCampaign(
  before: SessionSnapshot,
  state: SessionSnapshot,
  entry: CampaignEntry | undefined,
  at: string,
): SessionSnapshot {
  if (!entry || !WENT_OUT.includes(entry.status)) return state;
  const { campaignId, messageId } = entry;
  const known = before.messages.find((message) => message.messageId === messageId);
  if (WENT_OUT.includes(known?.status)) return state;
  return { ...state, lastCampaign: { campaignId, messageId, at } };
}
