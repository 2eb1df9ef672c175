import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { conversationBody, CUSTOMER, SENDER, SMS_SENDER, startSimulator, textMessage } from '../testing/running.ts';
import { templateMessage, type Running } from '../testing/running.ts';

const CONVERSATIONS = '/api/v2/conversations/messaging';
const DAY_MS = 24 * 3_600_000;
const agent = (status = 'accepted') => ({
  id: 'agent-1',
  type: 'user',
  role: 'agent',
  status,
  routing_data: { wrap_up_code: null, wrap_up_code_required: false },
});
const wrapUp = { wrap_up_code: 'resolved', wrap_up_code_required: true };

let simulator: Running;
beforeAll(async () => {
  simulator = await startSimulator({ account: { tokenLifetimeS: 172_800 } });
});
afterAll(() => simulator.close());

async function open(body: object = conversationBody()): Promise<string> {
  return (await simulator.api('POST', CONVERSATIONS, body)).body.id;
}

describe('the 24-hour window', () => {
  it('refuses free text before the customer has written, with code 131051, and accepts a template', async () => {
    const id = await open();
    expect(await simulator.send(id)).toMatchObject({ status: 400, body: { code: '131051', status: 400 } });
    expect((await simulator.send(id, templateMessage())).status).toBe(201);
  });

  it('opens with the message of the customer, over all conversations of the pair, and closes 24 hours later', async () => {
    const written = await simulator.customerWrites();
    const another = await open();
    expect((await simulator.send(written)).status).toBe(201);
    expect((await simulator.send(another)).status).toBe(201);
    await simulator.control('PUT', '/clock', { offsetMs: DAY_MS - 5000 });
    expect((await simulator.send(another)).status).toBe(201);
    await simulator.control('PUT', '/clock', { offsetMs: DAY_MS });
    expect((await simulator.send(another)).body.code).toBe('131051');
    await simulator.control('PUT', '/clock', { offsetMs: 0 });
  });

  it('counts from when the customer wrote, not from when it is told', async () => {
    const customer = '+15550001288';
    const from = `whatsapp:${customer}`;
    const to = { id: from, type: 'person' };
    const message = { from, to: `whatsapp:${SENDER}`, text: 'Hello' };
    const { conversationId } = await simulator.control('POST', '/accounts/acme/customer-messages', {
      ...message,
      agoMs: DAY_MS,
    });
    expect((await simulator.send(conversationId, { ...textMessage(), to })).body.code).toBe('131051');
    await simulator.control('POST', '/accounts/acme/customer-messages', message);
    expect((await simulator.send(conversationId, { ...textMessage(), to })).status).toBe(201);
  });

  it('does not exist for SMS', async () => {
    const to = [{ id: `sms:${CUSTOMER}`, type: 'person', address: CUSTOMER }];
    const from = { id: `sms:${SMS_SENDER}`, type: 'person', address: SMS_SENDER };
    const body = { ...conversationBody(), to, from };
    const id = await open(body);
    const message = { ...textMessage(), to: { id: `sms:${CUSTOMER}`, type: 'person' } };
    expect((await simulator.send(id, message)).status).toBe(201);
    const template = { ...templateMessage(), to: { id: `sms:${CUSTOMER}`, type: 'person' } };
    expect((await simulator.send(id, template)).body.message).toMatch(/^template: /);
  });
});

describe('a template', () => {
  it.each([
    ['an unknown name', 'nothing', 'en', 'template.name'],
    ['another language', 'order_confirmation', 'de', 'template.language.code'],
    ['no approval', 'waiting', 'en', 'template.name'],
  ])('with %s is refused with code 131050', async (_case, name, language, field) => {
    const reply = await simulator.send(await open(), templateMessage(name, language, name === 'waiting' ? [] : ['x']));
    expect(reply).toMatchObject({ status: 400, body: { code: '131050' } });
    expect(reply.body.message).toMatch(new RegExp(`^${field}: `));
  });

  it('can be sent as soon as it is approved and no longer once it is rejected', async () => {
    const id = await open();
    const change = { name: 'waiting', language: 'en' };
    await simulator.control('PUT', '/accounts/acme/templates', { ...change, status: 'APPROVED' });
    expect((await simulator.send(id, templateMessage('waiting', 'en', []))).status).toBe(201);
    const rejected = { ...change, status: 'REJECTED', rejection_reason: 'POLICY_VIOLATION' };
    await simulator.control('PUT', '/accounts/acme/templates', rejected);
    expect((await simulator.send(id, templateMessage('waiting', 'en', []))).body.code).toBe('131050');
    const { body } = await simulator.api('GET', '/api/v2/messaging/providers/provider-whatsapp/templates');
    expect(body.entities).toContainEqual(expect.objectContaining(rejected));
  });
});

describe('a number', () => {
  it('that is not one of the account is refused with code 131050', async () => {
    const body = conversationBody();
    body.from = { id: 'whatsapp:+15550009999', type: 'person', address: '+15550009999' };
    expect(await simulator.api('POST', CONVERSATIONS, body)).toMatchObject({ status: 400, body: { code: '131050' } });
  });
});

describe('a conversation', () => {
  it('is queued until an agent has accepted, then active, and closed once all have wrapped up', async () => {
    const id = await open();
    const status = async () => (await simulator.control('GET', `/accounts/acme/conversations/${id}`)).status;
    const put = () => simulator.api('PUT', `${CONVERSATIONS}/${id}/participants/agent-1/wrapup`, wrapUp);
    expect(await status()).toBe('queued');
    expect((await put()).status).toBe(404);
    await simulator.api('POST', `${CONVERSATIONS}/${id}/participants`, agent('pending'));
    expect(await status()).toBe('queued');
    expect((await put()).status).toBe(400);
    await simulator.api('POST', `${CONVERSATIONS}/${id}/participants`, agent());
    expect(await status()).toBe('active');
    expect(await put()).toMatchObject({ status: 200, body: { id: 'agent-1', wrap_up_code: 'resolved' } });
    expect(await status()).toBe('closed');
  });

  it('that is closed refuses messages, participants and wrap-ups with 400, and can still be read', async () => {
    const id = await open();
    await simulator.control('POST', `/accounts/acme/conversations/${id}/assign`, { agentId: 'agent-7' });
    await simulator.control('POST', `/accounts/acme/conversations/${id}/close`);
    const replies = [
      await simulator.send(id),
      await simulator.api('POST', `${CONVERSATIONS}/${id}/participants`, agent()),
      await simulator.api('PUT', `${CONVERSATIONS}/${id}/participants/agent-7/wrapup`, wrapUp),
    ];
    for (const reply of replies) expect(reply).toMatchObject({ status: 400, body: { code: 'conversation.closed' } });
    const { status, body } = await simulator.api('GET', `${CONVERSATIONS}/${id}/participants`);
    expect(status).toBe(200);
    expect(body.entities.map((one: { role: string }) => one.role)).toEqual(['customer', 'agent']);
  });

  it('takes further messages of its customer until it is closed; then the next one opens another', async () => {
    const from = '+15550007777';
    const first = await simulator.customerWrites('one', from);
    expect(await simulator.customerWrites('two', `whatsapp:${from}`)).toBe(first);
    await simulator.control('POST', `/accounts/acme/conversations/${first}/close`);
    const next = await simulator.customerWrites('three', from);
    expect(next).not.toBe(first);
    const { conversations } = await simulator.control('GET', '/accounts/acme/conversations?limit=1');
    expect(conversations[0]).toMatchObject({ id: next, sender: SENDER, contact: from, openedBy: 'customer' });
  });
});
