import { afterEach, describe, expect, it } from '@jest/globals';
import {
  credentials,
  CUSTOMER,
  NO_LIMITS,
  SENDER,
  startSimulator,
  templateMessage,
  textMessage,
  type Reply,
  type Running,
} from '../testing/running.ts';

const SECOND_SENDER = '+15550009877';
const MINUTE = 60_000;
const second = { client_id: 'acme-second', client_secret: 'second-secret' };

let simulator: Running;
afterEach(() => simulator.close());

const start = async (limits: object) => {
  simulator = await startSimulator({
    account: {
      limits: { ...NO_LIMITS, ...limits },
      secondaryClient: { id: 'acme-second', secret: 'second-secret' },
      senders: [SENDER, SECOND_SENDER].map((address) => ({ channel: 'whatsapp', address })),
      templates: [
        { name: 'news', language: 'en', category: 'MARKETING', components: [{ type: 'BODY', text: 'News' }] },
        { name: 'order', language: 'en', category: 'UTILITY', components: [{ type: 'BODY', text: 'Order' }] },
      ],
    },
  });
};
const written = async (to: string, from = CUSTOMER): Promise<string> =>
  (await simulator.control('POST', '/accounts/acme/customer-messages', { from, to, text: 'Hello' })).conversationId;
const buckets = async () => (await simulator.control('GET', '/summary')).accounts.acme!;
const statuses = (replies: Reply[]) => replies.map(({ status }) => status);

async function inTurn(count: number, call: () => Promise<Reply>): Promise<number[]> {
  const replies: Reply[] = [];
  for (let done = 0; done < count; done++) replies.push(await call());
  return statuses(replies);
}

describe('the limits of an account', () => {
  it('hold per number: another one has room of its own', async () => {
    await start({ number: { requests: 2, periodMs: MINUTE } });
    const [first, other] = [await written(SENDER), await written(SECOND_SENDER)];
    expect(await inTurn(3, () => simulator.send(first))).toEqual([201, 201, 429]);
    expect((await simulator.send(other)).status).toBe(201);
    expect(await buckets()).toMatchObject({
      buckets: {
        [`number:whatsapp:${SENDER}`]: { arrivals: 3, maxInWindow: 3, limit: { requests: 2 } },
        [`number:whatsapp:${SECOND_SENDER}`]: { arrivals: 1, maxInWindow: 1 },
      },
    });
  });

  it('hold per pair of number and customer, who may borrow from later messages', async () => {
    await start({ pair: { everyMs: MINUTE, borrow: 3 } });
    const [one, two] = [await written(SENDER), await written(SENDER, '+15550001235')];
    expect(await inTurn(4, () => simulator.send(one))).toEqual([201, 201, 201, 429]);
    expect((await simulator.send(two, textMessage('Hi', '+15550001235'))).status).toBe(201);
    expect((await buckets()).pairs).toMatchObject({ pairs: 2, borrow: 3 });
    expect((await buckets()).pairs?.mostOwed).toBeCloseTo(4, 1);
  });

  it('hold for agentless and for campaign messages, which are told by their template', async () => {
    await start({ agentless: { requests: 1, periodMs: MINUTE }, campaign: { requests: 2, periodMs: MINUTE } });
    const id = await written(SENDER);
    expect(await inTurn(2, () => simulator.send(id, templateMessage('order', 'en', [])))).toEqual([201, 429]);
    expect(await inTurn(3, () => simulator.send(id, templateMessage('news', 'en', [])))).toEqual([201, 201, 429]);
    expect((await simulator.send(id)).status).toBe(201);
  });

  it('hold per OAuth client, and for its token requests', async () => {
    await start({ client: { requests: 4, periodMs: MINUTE }, token: { requests: 2, periodMs: MINUTE } });
    const id = await written(SENDER);
    // The simulator was logged in to once.
    expect(await inTurn(2, () => simulator.form(credentials()))).toEqual([200, 429]);
    expect(await inTurn(3, () => simulator.send(id))).toEqual([201, 201, 429]);
    const { body } = await simulator.form({ ...credentials(), ...second });
    const path = `/api/v2/conversations/messaging/${id}/messages`;
    expect((await simulator.api('POST', path, textMessage(), body.access_token)).status).toBe(201);
    const { buckets: counted } = await buckets();
    expect(counted).toMatchObject({ 'client:acme-second': { arrivals: 2 }, 'token:acme-client': { arrivals: 3 } });
  });

  it('take from no bucket what another one refuses', async () => {
    await start({ tenant: { requests: 10, periodMs: MINUTE }, number: { requests: 1, periodMs: MINUTE } });
    const id = await written(SENDER);
    const left = async () => (await simulator.send(id)).headers['x-ratelimit-remaining'];
    expect([await left(), await left(), await left()]).toEqual(['8', '8', '8']);
  });

  it('name no moment when told so', async () => {
    await start({ number: { requests: 1, periodMs: MINUTE }, retryAfter: false });
    const id = await written(SENDER);
    await simulator.send(id);
    const { status, headers } = await simulator.send(id);
    expect([status, headers['retry-after']]).toEqual([429, undefined]);
  });
});

describe('a fault for one OAuth client', () => {
  it('leaves the other one alone', async () => {
    await start({});
    await simulator.fault({ kind: 'throttle', match: { client: 'acme-client', path: '*/token' } });
    expect((await simulator.form(credentials())).status).toBe(429);
    expect((await simulator.form({ ...credentials(), ...second })).status).toBe(200);
  });
});
