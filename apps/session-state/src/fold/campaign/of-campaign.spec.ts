import { problemsOf, SessionSnapshot, TimelineEntry, type CampaignEntry } from '@heliograph/contracts';
import { describe, expect, it } from '@jest/globals';
import {
  CAMPAIGN_ID,
  campaignDiverted,
  campaignFailed,
  campaignHeld,
  campaignSent,
  campaignSuppressed,
} from '../../../test/campaign-facts.ts';
import {
  consentReported,
  factOf,
  failed,
  HOUR,
  isoAt,
  receipt,
  received,
  sent,
  START,
  unresolved,
  uuidOf,
} from '../../../test/fact-builders.ts';
import { foldAll, type Run } from '../../../test/fold-all.ts';
import type { Fact } from '../facts.ts';

const idOf = (name: string) => uuidOf(`message ${name}`);
const of = (name: string, rest: Partial<CampaignEntry> = {}) => ({
  campaignId: CAMPAIGN_ID,
  messageId: idOf(name),
  ...rest,
});
/** What the entries tell of campaigns; they are valid, and so is the state. */
function told({ entries, state }: Run): CampaignEntry[] {
  for (const entry of entries) expect(problemsOf(TimelineEntry, entry)).toEqual([]);
  expect(problemsOf(SessionSnapshot, state)).toEqual([]);
  return entries.flatMap(({ campaign }) => campaign ?? []);
}
const text = (words: string) => ({ content: { type: 'text' as const, text: words } });
const lost = (name: string, hours: number): Fact => {
  const { data, ...fact } = unresolved(name, hours) as Extract<Fact, { type: 'message.unresolved' }>;
  return { ...fact, data: { ...data, campaignId: CAMPAIGN_ID } };
};

describe('an entry about a message of a campaign', () => {
  it.each<[string, Fact, Partial<CampaignEntry>]>([
    ['sent', campaignSent('m', 1), { status: 'sent' }],
    ['failed', campaignFailed('m', 1), { status: 'failed', code: 'expired' }],
    ['suppressed', campaignSuppressed('m', 1), { status: 'suppressed' }],
    ['unresolved', lost('m', 1), { status: 'unresolved' }],
    ['held', campaignHeld('m', 1), { status: 'queued' }],
    ['diverted', campaignDiverted('m', 1), { status: 'diverted' }],
  ])('names it and says where it stands: %s', (_, fact, said) => {
    const run = foldAll([fact]);
    expect(told(run)).toEqual([of('m', said)]);
    expect(run.state?.messages).toMatchObject([{ messageId: idOf('m'), campaignId: CAMPAIGN_ID }]);
  });

  it('says where it stands after each receipt, however late or early it came', () => {
    const facts = [receipt('m', 'delivered', 2), campaignSent('m', 1), receipt('m', 'read', 3)];
    const statuses = ['sent', 'delivered', 'read'].map((status) => of('m', { status: status as 'sent' }));
    expect(told(foldAll(facts))).toEqual(statuses);
    expect(told(foldAll([facts[1]!, facts[0]!, facts[2]!]))).toEqual(statuses);
  });

  it('says what stands where it says nothing new of the status', () => {
    expect(
      told(foldAll([campaignSent('m', 1), campaignFailed('m', 2, { code: 'x' }), receipt('m', 'read', 3)])),
    ).toEqual([of('m', { status: 'sent' }), of('m', { status: 'failed', code: 'x' }), of('m', { status: 'read' })]);
    expect(told(foldAll([campaignFailed('m', 1), campaignHeld('m', 2)]))[1]).toEqual(of('m', { status: 'failed' }));
  });

  it('gives a code to what the provider reports as failed afterwards', () => {
    const optedOut = factOf('message.status-reported', 'no', {
      ...{ providerMessageId: 'out-m', status: 'failed', optedOut: true, at: isoAt(2) },
    });
    expect(told(foldAll([campaignSent('m', 1), receipt('m', 'failed', 2)]))[1]).toMatchObject({
      ...{ status: 'failed', code: 'not-delivered' },
    });
    expect(told(foldAll([campaignSent('m', 1), optedOut]))[1]).toEqual(
      of('m', { status: 'failed', code: 'contact-opted-out' }),
    );
  });

  it('is none where the message is no campaign’s', () => {
    expect(told(foldAll([sent('m', 1), receipt('m', 'read', 2), failed('n', 3), received('a', 4)]))).toEqual([]);
  });
});

describe('what the customer writes after a message of a campaign', () => {
  it('is a reply to the one that went out last, within seven days', () => {
    const before = [received('a', 0), campaignSent('m', 1), campaignSent('n', 2)];
    expect(told(foldAll([...before, received('b', 3)])).at(-1)).toEqual(of('n', { reply: true }));
    expect(told(foldAll([...before, received('late', 2 + 7 * 24)], START + 200 * HOUR))).toHaveLength(2);
    expect(told(foldAll([...before, received('early', 1)]))).toHaveLength(2);
  });

  it('is none to a message that did not go out; a receipt tells that one did', () => {
    const gone = [campaignFailed('m', 1), received('a', 3)];
    expect(told(foldAll(gone))).toHaveLength(1);
    const known = [campaignSent('m', 1), campaignFailed('m', 1), receipt('m', 'delivered', 2), received('a', 3)];
    expect(told(foldAll(known)).at(-1)).toEqual(of('m', { reply: true }));
  });

  it('is an opt-out as well where it says no, by a keyword or through the provider', () => {
    const run = foldAll([campaignSent('m', 1), received('stop', 2, text('STOP')), consentReported('event', 3)]);
    expect(told(run).slice(1)).toEqual([of('m', { reply: true, optOut: true }), of('m', { optOut: true })]);
    const yes = foldAll([campaignSent('m', 1), received('stop', 2, text('please stop by'))]);
    expect(told(yes).at(-1)).toEqual(of('m', { reply: true }));
  });

  it('counts when it is known before the word that the message was sent', () => {
    const run = foldAll([received('stop', 2, text('STOP')), campaignSent('m', 1.999)]);
    expect(told(run)).toEqual([of('m', { status: 'sent', reply: true, optOut: true })]);
  });

  it('counts as after it when the provider tells whole seconds', () => {
    const at = new Date(Date.parse(isoAt(1)) + 700).toISOString();
    expect(told(foldAll([campaignSent('m', 1, { at }), received('a', 1)])).at(-1)).toEqual(of('m', { reply: true }));
  });
});
