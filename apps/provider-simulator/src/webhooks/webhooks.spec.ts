import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isReceipt, Receiver, type Delivery } from '../testing/receiver.ts';
import { conversationBody, CUSTOMER, SENDER, startSimulator, type Running } from '../testing/running.ts';

const receipts = [
  { status: 'sent', afterMs: 1 },
  { status: 'delivered', afterMs: 20 },
  { status: 'read', afterMs: 40 },
];

let simulator: Running;
let receiver: Receiver;

beforeEach(async () => {
  receiver = await Receiver.start();
  simulator = await startSimulator({ webhook: { url: receiver.url } });
});
afterEach(async () => {
  await simulator.close();
  await receiver.close();
});

const webhooks = (change: object) => simulator.control('PUT', '/accounts/acme/webhooks', change);
const statuses = (deliveries: Delivery[]) => deliveries.map(({ event }) => event.status);
const ids = (deliveries: Delivery[]) => deliveries.map(({ event }) => event.id);

describe('a customer message', () => {
  it('is the first event of its conversation, followed by the queue it waits in', async () => {
    const conversationId = await simulator.customerWrites('Where is my order?');
    const [message, queued, assignment] = (await receiver.until(3)).map(({ event }) => event);
    const base = { id: expect.any(String), timestamp: expect.any(String), conversation: { id: conversationId } };
    expect(message).toEqual({
      ...base,
      type: 'message',
      message: { id: expect.any(String) },
      from: { id: `whatsapp:${CUSTOMER}` },
      to: { id: `whatsapp:${SENDER}` },
      body: { type: 'text', text: 'Where is my order?' },
    });
    expect(queued).toEqual({ ...base, type: 'conversation', status: 'queued' });
    const assignee = { type: 'queue', id: 'queue-support' };
    expect(assignment).toEqual({ ...base, type: 'routing:conversation:assignment', assignee });
  });

  it('can carry an event id of the caller, so that the provider repeats itself', async () => {
    const body = { from: CUSTOMER, to: SENDER, text: 'again', eventId: 'ev-1', messageId: 'm-1' };
    await simulator.control('POST', '/accounts/acme/customer-messages', body);
    await simulator.control('POST', '/accounts/acme/customer-messages', body);
    const repeated = await receiver.until(2, ({ event }) => event.type === 'message');
    expect(ids(repeated)).toEqual(['ev-1', 'ev-1']);
  });
});

describe('the signature', () => {
  const hex = (raw: Buffer) => createHmac('sha256', 'webhook-secret').update(raw).digest('hex');
  it.each([
    ['hex', (raw: Buffer) => hex(raw)],
    ['HEX', (raw: Buffer) => hex(raw).toUpperCase()],
    ['base64', (raw: Buffer) => Buffer.from(hex(raw), 'hex').toString('base64')],
    ['sha256=hex', (raw: Buffer) => `sha256=${hex(raw)}`],
  ])('is the HMAC-SHA256 of the raw body as %s', async (form, expected) => {
    await webhooks({ signature: form });
    await simulator.customerWrites('Grüße 👋');
    const [delivery] = (await receiver.until(1)) as [Delivery];
    expect(delivery.headers['x-genesys-cloud-signature']).toBe(expected(delivery.raw));
  });
});

describe('receipts', () => {
  it('follow an accepted message in order, with the id that the send was answered with', async () => {
    await webhooks({ receipts });
    const { body } = await simulator.send(await simulator.customerWrites());
    const delivered = await receiver.until(3, isReceipt);
    expect(statuses(delivered)).toEqual(['sent', 'delivered', 'read']);
    for (const { event } of delivered) {
      expect(event.message).toEqual({ id: body.id });
      expect(event).toMatchObject({ from: { id: `whatsapp:${SENDER}` }, to: { id: `whatsapp:${CUSTOMER}` } });
    }
  });

  it('come out of order when shuffled, while their timestamps tell the truth', async () => {
    await webhooks({ receipts, shuffle: 1 });
    await simulator.send(await simulator.customerWrites());
    const delivered = await receiver.until(3, isReceipt);
    expect(statuses(delivered)).not.toEqual(['sent', 'delivered', 'read']);
    const byTime = delivered.sort((a, b) => a.event.timestamp.localeCompare(b.event.timestamp));
    expect(statuses(byTime)).toEqual(['sent', 'delivered', 'read']);
  });

  it('can come before the answer to the send, fail with a reason, and lack addresses', async () => {
    await simulator.control('PATCH', '/accounts/acme/settings', { latencyMs: 100 });
    await webhooks({ receipts: [{ status: 'failed', afterMs: 0, reason: 'unreachable' }], bareReceipts: true });
    const id = await simulator.customerWrites();
    const answered = simulator.send(id).then(() => performance.now());
    const [failed] = (await receiver.until(1, isReceipt)) as [Delivery];
    expect(failed.at).toBeLessThan(await answered);
    expect(failed.event).toMatchObject({ status: 'failed', reason: 'unreachable' });
    expect(failed.event).not.toHaveProperty('from');
  });
});

describe('delivery', () => {
  it('happens as often as asked, one repeat after another', async () => {
    await webhooks({ repeat: 3, repeatDelayMs: 1 });
    await simulator.customerWrites();
    const messages = await receiver.until(3, ({ event }) => event.type === 'message');
    expect(new Set(ids(messages)).size).toBe(1);
    await simulator.control('GET', '/wait?pending=0');
    expect(receiver.deliveries).toHaveLength(9);
  });

  it('happens at the same instant when asked: all repeats are there before one is answered', async () => {
    await webhooks({ repeat: 3, simultaneous: true });
    receiver.answer = async ({ event }) => {
      await receiver.until(3, (other) => other.event.id === event.id);
      return 200;
    };
    await simulator.customerWrites();
    await simulator.control('GET', '/wait?pending=0&acknowledged=3');
    expect(receiver.deliveries).toHaveLength(9);
  });

  it.each([
    ['refused', 503, {}],
    ['not answered in time', 0, { timeoutMs: 20 }],
  ])('is tried again with the same body until it is no longer %s', async (_case, status, change) => {
    await webhooks(change);
    receiver.answer = () => (receiver.deliveries.length < 4 ? status : 200);
    const conversationId = await simulator.customerWrites();
    await simulator.control('GET', '/wait?pending=0');
    const [message] = await simulator.lines(`/events?type=message&conversationId=${conversationId}`);
    expect(message).toMatchObject({ attempts: 4, acknowledgements: 1, acknowledgedAt: expect.any(Number) });
    expect(new Set(receiver.deliveries.slice(0, 4).map(({ raw }) => raw.toString())).size).toBe(1);
  });

  it('keeps the order of a conversation while an event is refused, and holds no other conversation', async () => {
    const stuck = await simulator.customerWrites('one');
    await receiver.until(3);
    const otherIsThrough = () => receiver.deliveries.some(({ event }) => event.body?.text === 'other');
    receiver.answer = ({ event }) => (event.body?.text === 'two' && !otherIsThrough() ? 500 : 200);
    await simulator.customerWrites('two');
    await simulator.customerWrites('three');
    await simulator.customerWrites('other', '+15550004321');
    await simulator.control('GET', '/wait?pending=0');
    const texts = receiver.deliveries
      .filter(({ event }) => event.conversation.id === stuck)
      .flatMap(({ event }) => event.body?.text ?? []);
    expect(texts.filter((text, index) => text !== texts[index - 1])).toEqual(['one', 'two', 'three']);
  });

  it('ends after the time to give up, and counts as abandoned', async () => {
    await webhooks({ giveUpAfterMs: 30 });
    receiver.answer = () => 500;
    await simulator.customerWrites();
    await simulator.control('GET', '/wait?pending=0');
    const { accounts } = await simulator.control('GET', '/state');
    expect(accounts.acme?.events).toMatchObject({ emitted: 3, acknowledged: 0, abandoned: 3, pending: 0 });
    expect(await simulator.lines('/events?acknowledged=true')).toEqual([]);
    expect(await simulator.lines('/events?acknowledged=false')).toHaveLength(3);
  });
});

describe('the life of a conversation', () => {
  it('is told event by event: queued, assigned, agent, active, closed', async () => {
    const { body } = await simulator.api('POST', '/api/v2/conversations/messaging', conversationBody());
    await simulator.control('POST', `/accounts/acme/conversations/${body.id}/assign`, { agentId: 'agent-7' });
    await simulator.control('POST', `/accounts/acme/conversations/${body.id}/close`);
    const told = (await receiver.until(5)).map(({ event }) => event.status ?? event.assignee);
    const queue = { type: 'queue', id: 'queue-support' };
    expect(told).toEqual(['queued', queue, { type: 'agent', id: 'agent-7' }, 'active', 'closed']);
  });
});
