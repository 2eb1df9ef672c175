import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { factId, TOPICS } from '@heliograph/contracts';
import type { RunningService } from '@heliograph/runtime';
import {
  followTopic,
  guideMessage,
  guideReceipt,
  guideSignature,
  testKafkaBrokers,
  uniqueNamespace,
  waitFor,
  type Following,
  type GuideEvent,
  type ReadRecord,
} from '@heliograph/testing';
import { SECRETS, sendWebhook, startedIngress, type Sending } from '../../fixtures/started-ingress.ts';

const namespace = uniqueNamespace('ingress');

const topic = namespace + TOPICS.webhookReceived.name;

let service: RunningService;
/** Everything on the topic, as an independent reader sees it. */
const stored: ReadRecord[] = [];
let reader: Following;

const text = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const send = (body: Buffer, sending?: Sending) => sendWebhook(service.address, body, sending);

/** Repeats while it gets 503, as a provider does: on a machine under load Kafka may not answer in time. */
const deliver = (body: Buffer, sending?: Sending) =>
  waitFor(
    async () => {
      const answer = await send(body, sending);
      return answer.status !== 503 && answer;
    },
    { description: 'an answer other than 503' },
  );

/** The records of these events, once there are `count` of them. */
async function storedOf(events: readonly GuideEvent[], count = events.length): Promise<ReadRecord[]> {
  const ids = new Set(events.map(({ id }) => id));
  const find = () => stored.filter(({ headers }) => ids.has(headers.ce_eventid ?? ''));
  await waitFor(() => find().length >= count, { description: `${count} records` });
  return find();
}

beforeAll(async () => {
  const kafkaBrokers = testKafkaBrokers();
  service = await startedIngress({ kafkaBrokers, namespace });
  const onRecord = (record: ReadRecord): void => void stored.push(record);
  reader = await followTopic({ brokers: kafkaBrokers, topic, group: `${namespace}reader`, onRecord });
}, 60_000);

afterAll(async () => {
  await reader.close();
  await service.stop();
});

describe('a signed webhook', () => {
  it('is durable when it is answered: one record per event with the bytes as they came', async () => {
    const event = guideMessage();
    const body = Buffer.from(` ${JSON.stringify(event, null, 2)}\n`);
    expect(await deliver(body)).toMatchObject({ status: 200, body: '{"status":"accepted"}' });
    const [record] = await storedOf([event]);
    expect(record).toMatchObject({
      key: event.conversation.id,
      headers: {
        ce_id: factId(`one/${event.id}`),
        ce_type: 'webhook.received',
        ce_source: '/heliograph/ingress-webhooks',
        ce_tenant: 'acme',
        ce_account: 'one',
        ce_profile: 'genesys-guide',
        ce_eventid: event.id,
        traceparent: expect.stringMatching(/^00-/),
      },
    });
    expect(record!.value!.toString().trim()).toBe(JSON.stringify(event, null, 2));
  });

  it('passes on the trace context of the request', async () => {
    const event = guideMessage();
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await deliver(text(event), { headers: { traceparent } });
    expect((await storedOf([event]))[0]!.headers.traceparent).toBe(traceparent);
  });

  it('is split into its events, each keyed by its conversation, in the order of the batch', async () => {
    const conversations = Array.from({ length: 20 }, () => crypto.randomUUID());
    const events = Array.from({ length: 1000 }, (_, n) => guideMessage({ conversationId: conversations[n % 20]! }));
    expect((await deliver(text(events))).status).toBe(200);
    const records = await storedOf(events);
    for (const conversation of conversations) {
      const sent = events.filter((event) => event.conversation.id === conversation).map(({ id }) => id);
      const got = records.filter(({ key }) => key === conversation).map(({ headers }) => headers.ce_eventid);
      expect([...new Set(got)]).toEqual(sent);
    }
  });

  it('gets the same record id each time it is repeated, and another one on another account', async () => {
    const event = guideMessage();
    await deliver(text(event));
    await deliver(text(event));
    await deliver(text(event), { account: 'two' });
    const ids = (await storedOf([event], 3)).map(({ headers }) => headers.ce_id);
    expect(new Set(ids)).toEqual(new Set([factId(`one/${event.id}`), factId(`two/${event.id}`)]));
  });

  it('is accepted under each of two active secrets, in hex and base64, with and without prefix', async () => {
    const body = text(guideMessage());
    const signatures = SECRETS.flatMap((secret) => [
      guideSignature(secret, body),
      guideSignature(secret, body, 'base64'),
      `sha256=${guideSignature(secret, body).toUpperCase()}`,
    ]);
    for (const signature of signatures) expect((await deliver(body, { account: 'two', signature })).status).toBe(200);
  });

  it('is accepted whatever its event type: what it means is the business of the router', async () => {
    const events = [
      { ...guideMessage(), type: 'something:new' },
      guideReceipt('message-1', 'read', crypto.randomUUID()),
      { ...guideMessage(), timestamp: 7 } as unknown as GuideEvent,
    ];
    for (const event of events) expect((await deliver(text(event))).status).toBe(200);
    const ids = (await storedOf(events)).map(({ headers }) => headers.ce_eventid);
    expect(new Set(ids)).toEqual(new Set(events.map(({ id }) => id)));
  });

  it('is stored also when an event lacks its id: such events get one made of their bytes', async () => {
    const body = text({ type: 'message', marker: namespace });
    expect((await deliver(body)).status).toBe(200);
    expect((await deliver(body)).status).toBe(200);
    const find = () => stored.filter(({ value }) => value?.includes(namespace));
    await waitFor(() => find().length >= 2, { description: 'both records' });
    const records = find();
    expect(new Set(records.map(({ headers }) => headers.ce_id)).size).toBe(1);
    expect(records[0]!.headers).not.toHaveProperty('ce_eventid');
  });
});

describe('the metrics', () => {
  it('count requests by profile and result, events and bytes, and hold nothing of a body or a path', async () => {
    await deliver(text(guideMessage()));
    await send(text(guideMessage()), { signature: null });
    await send(text(guideMessage()), { profile: 'made-up-profile' });
    const page = await (await fetch(`${service.address}/metrics`)).text();
    for (const [name, labels] of [
      ['requests_total', 'profile="genesys-guide",result="accepted"'],
      ['requests_total', 'profile="genesys-guide",result="unauthorized"'],
      ['requests_total', 'profile="unknown",result="unknown-profile"'],
      ['events_total', 'profile="genesys-guide"'],
      ['received_bytes_total', 'profile="genesys-guide"'],
      ['request_seconds_count', 'profile="genesys-guide"'],
    ]) {
      expect(page).toMatch(new RegExp(`^heliograph_ingress_${name}\\{${labels}\\} [1-9]`, 'm'));
    }
    expect(page).toMatch(/^heliograph_ingress_in_flight_bytes 0$/m);
    expect(page).not.toMatch(/made-up-profile|1555000/);
  });
});
