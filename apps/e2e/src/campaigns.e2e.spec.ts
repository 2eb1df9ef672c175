import type { TimelineEntry } from '@heliograph/contracts';
import {
  type Arrival,
  type CampaignRequest,
  type CampaignView,
  NEWS_TEMPLATES,
  parties,
  randomNumber,
  System,
  TimelineReader,
  type UploadAnswer,
  waitFor,
} from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { campaignFile, type Recipient } from './system/campaign-file.ts';

const STEP = { timeoutMs: 60_000, intervalMs: 100 };
const NUMBERS = 3;
const NEWS = 'spring_news';
/** Has nothing to fall back to. */
const SHORT = 'spring_news_short';

let system: System;
let timeline: TimelineReader;

beforeAll(async () => {
  system = await System.start({
    name: 'campaigns',
    newsNumbers: NUMBERS,
    limits: { number: { requests: 40, perSeconds: 1 } },
    webhook: { receipts: [{ status: 'delivered', afterMs: 10 }] },
    // Nothing becomes known by a reading that an event should tell.
    settingsOf: { 'template-registry': { POLL_SECONDS: '3600' } },
  });
  await system.simulator.changeSettings({ review: { afterMs: 100 } });
  await system.registry.apply(NEWS_TEMPLATES);
  const areSendable = async () => (await system.registry.progress()).sendable === NEWS_TEMPLATES.length;
  await waitFor(areSendable, { ...STEP, description: 'the templates may be sent' });
  timeline = await TimelineReader.start(system);
}, 120_000);

afterAll(async () => {
  await timeline?.close();
  await system?.stop();
}, 30_000);

const REQUEST: CampaignRequest = {
  name: 'Spring news',
  channel: 'whatsapp',
  sender: 'news',
  template: { name: NEWS, language: 'en_US' },
  variables: { order: { column: 'order' }, customer: { column: 'customer' } },
  columns: { address: 'phone', externalId: 'crm id' },
};

/** A campaign with what is in a file, not started. */
async function draft(file: string, more: Partial<CampaignRequest> = {}): Promise<{ id: string; upload: UploadAnswer }> {
  const { campaignId: id } = await system.campaigns.create({ ...REQUEST, ...more });
  return { id, upload: await system.campaigns.upload(id, file) };
}

const started = async (id: string): Promise<CampaignView> => {
  await system.campaigns.order(id, 'start');
  return system.campaigns.of(id);
};

/** How it stands, as soon as that is so. */
const when = (id: string, what: string, is: (campaign: CampaignView) => boolean): Promise<CampaignView> =>
  waitFor(
    async () => {
      const campaign = await system.campaigns.of(id);
      return is(campaign) && campaign;
    },
    { ...STEP, description: what },
  );
const finished = (id: string) => when(id, 'the campaign is finished', ({ state }) => state === 'finished');
const sentSome = (id: string, count: number) => when(id, `${count} are sent`, ({ progress }) => progress.sent >= count);

const people = (about: string, count: number): Recipient[] =>
  Array.from({ length: count }, (_, index) => ({ contact: randomNumber(), order: `${about}-${index}` }));

/** What the provider took of these recipients, by order. */
async function taken(about: string): Promise<Map<string, Arrival[]>> {
  const arrivals = (await system.simulator.arrivals()).filter(
    ({ accepted, text }) => accepted && text?.startsWith(`${about}-`),
  );
  return Map.groupBy(arrivals, ({ text }) => text!.split(' | ')[0]!);
}

/** Orders that the provider refused. */
async function refusedOf(about: string): Promise<Set<string>> {
  const arrivals = (await system.simulator.arrivals()).filter(({ status }) => status === 400);
  return new Set(arrivals.flatMap(({ text = '' }) => (text.startsWith(`${about}-`) ? [text.split(' | ')[0]!] : [])));
}

const timesTaken = async (about: string, recipients: readonly Recipient[]): Promise<number[]> => {
  const all = await taken(about);
  return recipients.map(({ order }) => all.get(order)?.length ?? 0);
};

const entriesOf = (recipient: Recipient, kind: string): TimelineEntry[] =>
  timeline
    .of(parties({ sender: 'news', contact: recipient.contact }).conversationId)
    .filter((entry) => entry.kind === kind);

async function writes({ contact: from }: Recipient, to: string, text: string): Promise<void> {
  await system.simulator.customerWrites({ from, to, text });
}

/** A transactional message goes through: whatever could be sent before it in its lane was. */
async function otherTraffic(): Promise<void> {
  const text = `other ${randomNumber()}`;
  await system.api.send({ channel: 'sms', sender: 'alerts', to: randomNumber(), text });
  const isThere = async () => (await system.simulator.arrivalsOf(text)).length > 0;
  await waitFor(isThere, { ...STEP, description: 'a transactional message arrives' });
}

async function decided(name: string, status: 'APPROVED' | 'REJECTED'): Promise<void> {
  const reason = status === 'REJECTED' && { rejection_reason: 'POLICY_VIOLATION' };
  await system.reviewers.change({ name, language: 'en_US', status, ...reason });
}

describe('a campaign (guide 002)', () => {
  it(
    'tells what is wrong with which line, reaches everybody else once over all numbers, waits while it is paused, and counts by id',
    () =>
      system.watch(async () => {
        const all = people('EACH', 240);
        const wrong = ['call me,EACH-x,Jana,1', '+15550001234,EACH-y,Jana', `${randomNumber()},,Jana,3`];
        const repeated = { ...all[7]!, order: 'EACH-again' };
        const file = `${campaignFile([...all, repeated])}${wrong.join('\n')}\n`;
        const { id, upload } = await draft(file, { perMinute: 3_000 });
        expect(upload).toMatchObject({ rows: 244, accepted: 240, invalid: 3, repeated: 1, suppressed: 0 });
        expect(upload.errors.map(({ line }) => line)).toEqual([243, 244, 245]);

        await started(id);
        await sentSome(id, 20);
        const { state } = await system.campaigns.order(id, 'pause');
        expect(state).toBe('paused');
        const { progress } = await when(id, 'nothing is under way', (one) => one.progress.underWay === 0);
        expect(progress.waiting).toBeGreaterThan(0);
        const before = (await taken('EACH')).size;
        await otherTraffic();
        expect((await taken('EACH')).size).toBe(before);

        await system.campaigns.order(id, 'resume');
        const { end } = await finished(id);
        expect(end).toBe('completed');
        expect(await timesTaken('EACH', all)).toEqual(all.map(() => 1));
        const numbers = [...(await taken('EACH')).values()].map(([one]) => one!.number);
        expect(new Set(numbers).size).toBe(NUMBERS);
        const delivered = await when(id, 'all are delivered', (one) => one.progress.delivered === 240);
        expect(delivered.progress).toMatchObject({ accepted: 240, waiting: 0, underWay: 0, sent: 240, failed: 0 });
        expect(timeline.ofKind('message.sent').filter(({ campaign }) => campaign?.campaignId === id)).toHaveLength(240);
      }),
    120_000,
  );

  it(
    'counts a reply in the conversation that it was sent in, and a STOP, after which nothing of any campaign is sent',
    () =>
      system.watch(async () => {
        const all = people('REPLY', 12);
        const [friend, stopper] = all as [Recipient, Recipient];
        const { id: first } = await draft(campaignFile(all));
        const others = all.map(({ contact, order }) => ({ contact, order: order.replace('REPLY', 'NEXT') }));
        const { id: second } = await draft(campaignFile(others));
        await started(first);
        await finished(first);
        const numbers = await taken('REPLY');
        const numberOf = ({ order }: Recipient): string => numbers.get(order)![0]!.number!;
        await writes(friend, numberOf(friend), 'Thank you!');
        await writes(stopper, numberOf(stopper), 'Stop.');
        const { progress } = await when(first, 'both have answered', (one) => one.progress.replies === 2);
        expect(progress).toMatchObject({ sent: 12, replies: 2, optOuts: 1 });
        const [reply] = entriesOf(friend, 'message.received');
        const [sent] = entriesOf(friend, 'message.sent');
        expect(reply).toMatchObject({ campaign: { campaignId: first, messageId: sent!.fact.messageId, reply: true } });

        await started(second);
        const after = await finished(second);
        expect(after.progress).toMatchObject({ accepted: 12, sent: 11, suppressed: 1 });
        expect(await timesTaken('NEXT', others)).toEqual(all.map((one) => (one === stopper ? 0 : 1)));
        const { upload } = await draft(campaignFile(all));
        expect(upload).toMatchObject({ accepted: 11, suppressed: 1 });
      }),
    120_000,
  );

  it(
    'halts when its template is rejected and nothing stands in for it, and goes on after the approval without repeats',
    () =>
      system.watch(async () => {
        const all = people('HALT', 120);
        const { id } = await draft(campaignFile(all), {
          template: { name: SHORT, language: 'en_US' },
          perMinute: 1_200,
        });
        await started(id);
        await sentSome(id, 10);
        await decided(SHORT, 'REJECTED');
        const halted = await when(id, 'it is halted', ({ state }) => state === 'halted');
        expect(halted.reasons).toMatchObject([{ code: expect.stringContaining('template') }]);
        const { progress } = await when(id, 'nothing is under way', (one) => one.progress.underWay === 0);
        expect(progress.waiting).toBeGreaterThan(0);
        const before = (await taken('HALT')).size;
        await otherTraffic();
        expect((await taken('HALT')).size).toBe(before);

        await decided(SHORT, 'APPROVED');
        await waitFor(
          async () => {
            await system.campaigns.order(id, 'resume');
            return (await system.campaigns.of(id)).state === 'running';
          },
          { ...STEP, description: 'it runs again' },
        );
        const { progress: last } = await finished(id);
        // What was on its way when the provider rejected the template was refused there, and is told as failed.
        const refused = await refusedOf('HALT');
        expect(last).toMatchObject({ accepted: 120, sent: 120 - refused.size, failed: refused.size, unresolved: 0 });
        expect(await timesTaken('HALT', all)).toEqual(all.map(({ order }) => (refused.has(order) ? 0 : 1)));
      }),
    120_000,
  );

  it(
    'sends nothing more when it is cancelled, and every recipient has an end',
    () =>
      system.watch(async () => {
        const all = people('CANCEL', 120);
        const { id } = await draft(campaignFile(all), { perMinute: 1_200 });
        await started(id);
        await sentSome(id, 10);
        await system.campaigns.order(id, 'cancel');
        const { end, progress } = await finished(id);
        expect(end).toBe('cancelled');
        const { sent, failed, unresolved, accepted } = progress;
        expect({ accepted, ended: sent + failed, unresolved }).toEqual({ accepted: 120, ended: 120, unresolved: 0 });
        expect(failed).toBeGreaterThan(0);
        await otherTraffic();
        expect((await taken('CANCEL')).size).toBe(sent);
        const { status } = await fetch(`${system.api.address}/v1/campaigns/${id}/resume`, {
          method: 'POST',
          headers: { authorization: `Bearer ${system.context.files.apiKey}` },
        });
        expect(status).toBe(409);
      }),
    120_000,
  );
});
