import type { ConsentPurpose, ConsentPurposes, ConsentSource, MessageClass } from '@heliograph/contracts';
import { consentEventId, NOTHING_SAID } from './consent-fold.ts';

/** A word of the contact that forbids a message. */
export interface Forbidden {
  readonly purpose: ConsentPurpose;
  /** ISO 8601. */
  readonly since: string;
  readonly source?: ConsentSource | undefined;
  readonly eventId?: string | undefined;
}

/** An opt-out of everything by keyword that the conversation's fold has seen, and the consent's fold may not have yet. */
export interface EarlyStop {
  /** Milliseconds. */
  readonly at: number;
  /** Id of the change that was given. */
  readonly changeId: string;
}

/** What forbids a message of a class; undefined when nothing does. */
export function forbids(
  purposes: ConsentPurposes = NOTHING_SAID,
  stop: EarlyStop | undefined,
  messageClass: MessageClass,
): Forbidden | undefined {
  const { all, marketing } = purposes;
  if (all.state === 'out') return { purpose: 'all', since: all.at!, source: all.source, eventId: all.eventId };
  if (stop && (all.at === undefined || stop.at >= Date.parse(all.at))) {
    const since = new Date(stop.at).toISOString();
    return { purpose: 'all', since, source: 'keyword', eventId: consentEventId(stop.changeId) };
  }
  if (messageClass !== 'campaign' || marketing.state !== 'out') return undefined;
  const { at, source, eventId } = marketing;
  return { purpose: 'marketing', since: at!, source, eventId };
}

const OF_WHAT: Record<ConsentPurpose, string> = { all: 'everything', marketing: 'marketing' };
const BY_WHAT: Record<ConsentSource, string> = {
  keyword: 'a keyword',
  'provider-event': 'an event of the provider',
  'provider-error': 'a refusal of the provider',
  preference: 'a preference set at the platform',
  crm: 'the CRM',
  api: 'the API',
  campaign: 'a campaign',
};

/** One sentence for people: since when, and by what. */
export function sayForbidden({ purpose, since, source }: Forbidden): string {
  return `the contact has opted out of ${OF_WHAT[purpose]} on ${since}${source ? `, told by ${BY_WHAT[source]}` : ''}`;
}
