import type { CampaignEvidence } from './campaign-evidence.ts';
import { arrival, entry } from './clean-run.ts';

type Mutable<T> = { -readonly [Field in keyof T]: T[Field] extends readonly (infer Item)[] ? Item[] : T[Field] };

const RECIPIENTS = 6;
/** All of them go out in the first ten seconds. */
const STOPPED_AT = 20_000;

/** A small campaign in which nothing went wrong: four sent and delivered, one of them answered, one suppressed, one unresolved. */
export function cleanCampaign(): Mutable<CampaignEvidence> {
  const orders = Array.from({ length: RECIPIENTS }, (_, index) => `NEWS-${index}`);
  const campaign: Mutable<CampaignEvidence> = {
    rows: orders,
    recipients: orders.map((order) => ({ order, messageId: `message ${order}` })),
    entries: [],
    arrivals: [],
    stops: [{ order: 'NEWS-4', acknowledgedAt: STOPPED_AT }],
    pauses: [{ acknowledgedAt: STOPPED_AT, resumedAt: STOPPED_AT + 5_000 }],
    rejections: [{ template: 'news', acknowledgedAt: STOPPED_AT }],
    upload: {
      wanted: { rows: 8, accepted: 6, invalid: 1, repeated: 1, suppressed: 0 },
      wrongLines: [5],
      answer: { rows: 8, accepted: 6, invalid: 1, repeated: 1, suppressed: 0, errors: [{ line: 5 }] },
    },
    overLimit: [],
    waits: Array.from({ length: 200 }, (_, index) => index),
    progress: {
      ...{ accepted: 6, waiting: 0, underWay: 0, sent: 4, delivered: 4, read: 0, failed: 0, failedBy: {} },
      ...{ suppressed: 1, unresolved: 1, replies: 1, optOuts: 0 },
    },
  };
  for (const order of orders.slice(0, 4)) sent(campaign, order);
  ended(campaign, 'NEWS-4', 'message.suppressed');
  ended(campaign, 'NEWS-5', 'message.unresolved');
  const reply = { ...entry(campaign, 'NEWS-0', 'message.received', {}) };
  campaign.entries.push({ ...reply, campaign: { messageId: 'message NEWS-0', reply: true } });
  return campaign;
}

function sent(campaign: Mutable<CampaignEvidence>, order: string): void {
  campaign.arrivals.push(arrival(campaign, `${order} | Jana`, { template: 'news' }));
  ended(campaign, order, 'message.sent', { providerMessageId: `provider ${order}` });
  const delivered = { providerMessageId: `provider ${order}`, status: 'delivered' };
  campaign.entries.push(entry(campaign, order, 'message.status-reported', delivered));
}

export function ended(
  campaign: Pick<Mutable<CampaignEvidence>, 'entries'>,
  order: string,
  kind: string,
  more: Record<string, unknown> = {},
): void {
  campaign.entries.push(entry(campaign, order, kind, { messageId: `message ${order}`, ...more }));
}
