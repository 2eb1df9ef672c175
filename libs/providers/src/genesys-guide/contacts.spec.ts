import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { MessageContent } from '@heliograph/contracts';
import { json, ready, soon, toSend, type Answer } from '../../test/provider-stand-in.ts';
import type { SendToContact } from '../contact-messaging.ts';

const payload = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`./payloads/${name}.json`, import.meta.url), 'utf8'));

const PATH = '/api/v2/conversations/messaging/contacts';
const sent = json(201, { id: 'msg-1', status: 'queued' });
const menu: MessageContent = {
  type: 'quick-reply',
  title: 'How can we help you today?',
  choices: [
    { label: 'Billing', value: 'billing_inquiry' },
    { label: 'Technical Support', value: 'tech_support' },
    { label: 'Speak to Agent', value: 'transfer_to_agent' },
  ],
};
const card: MessageContent = {
  type: 'card',
  title: 'New Product Launch',
  subtitle: 'Check out our latest features.',
  imageUrl: 'https://example.com/images/product.jpg',
  actions: [
    { type: 'postback', title: 'Learn More', payload: 'learn_more_product_123' },
    { type: 'web_url', title: 'Visit Website', url: 'https://example.com/products/123' },
  ],
};
const toContact: SendToContact = {
  ...toSend,
  providerConversationId: 'conv-1',
  contactId: 'contact/1',
  channel: 'open',
  to: 'room:42',
  content: menu,
};
const contact = { id: 'contact-1', conversationId: 'conv-1', status: 'active' };

async function sending(answer: Answer, over: Partial<SendToContact> = {}) {
  const { client, calls } = await ready(answer);
  return { result: await client.contacts!.send({ ...toContact, ...over }, soon()), calls };
}
async function reading(answer: Answer, contactId = 'contact-1') {
  const { client, calls } = await ready(answer);
  const request = { contactId, providerConversationId: 'conv-1' };
  return { result: await client.contacts!.read(request, soon()), calls };
}
async function finding(answer: Answer) {
  const { client, calls } = await ready(answer);
  const request = { providerConversationId: 'conv-1', channel: 'open', to: 'room:42' } as const;
  return { result: await client.contacts!.find(request, soon()), calls };
}

describe('a structured message (guide 004, steps 2 and 3)', () => {
  it.each([
    ['quick reply', menu, 'request-send-quick-reply'],
    ['card', card, 'request-send-card'],
  ])('a %s is sent to the contact with exactly the body of the guide', async (_name, content, name) => {
    const { result, calls } = await sending(sent, { content });
    expect(result).toEqual({ outcome: 'ok', value: { providerMessageId: 'msg-1' } });
    expect(calls).toMatchObject([{ method: 'POST', path: `${PATH}/contact%2F1/messages` }]);
    expect(JSON.parse(calls[0]!.body)).toEqual(payload(name));
  });

  const url = 'https://media.example.com/1';
  it.each<[string, MessageContent, object]>([
    ['a text', { type: 'text', text: 'Hello' }, { type: 'text', text: 'Hello' }],
    ['an image', { type: 'image', url, caption: 'look' }, { type: 'image', url, caption: 'look' }],
    ['a voice note', { type: 'audio', url, mimeType: 'audio/ogg' }, { type: 'audio', url, mimeType: 'audio/ogg' }],
    ['a video', { type: 'video', url }, { type: 'video', url }],
    ['a file', { type: 'file', url, fileName: 'a.pdf', sizeBytes: 9 }, { type: 'file', url, fileName: 'a.pdf' }],
    [
      'a location',
      { type: 'location', latitude: 0, longitude: -1.5, label: 'here' },
      { type: 'location', latitude: 0, longitude: -1.5, label: 'here' },
    ],
    [
      'a card without picture and subtitle',
      { type: 'card', title: 't', actions: [{ type: 'postback', title: 'a', payload: 'p' }] },
      { type: 'card', title: 't', actions: [{ type: 'postback', title: 'a', payload: 'p' }] },
    ],
  ])('%s has the assumed fields and no others', async (_name, content, expected) => {
    const { calls } = await sending(sent, { content });
    expect(JSON.parse(calls[0]!.body)).toEqual({ type: 'message', content: expected });
  });

  it('is everything but text and templates; those go into the conversation, where structured contents are refused', async () => {
    const { client, calls } = await ready(sent);
    const all = ['image', 'audio', 'video', 'file', 'quick-reply', 'card', 'location'];
    expect([...client.contacts!.contents].sort()).toEqual(all.sort());
    const result = await client.sendMessage({ ...toSend, content: menu }, soon());
    expect(result).toMatchObject({ outcome: 'refused', code: 'invalid-request' });
    expect(calls).toEqual([]);
  });

  it.each([
    ['quickreply', 'quick-reply'],
    ['QuickReply', 'quick-reply'],
    ['quick_replies', 'quick-reply'],
    ['cards', 'card'],
    ['Image', 'image'],
    ['voice', 'video'],
    ['locatoin', 'location'],
    ['', 'text'],
  ])(
    'of the wrong type "%s" is refused without a request, naming "%s" (guide 004, Invalid content type)',
    async (type, nearest) => {
      const { result, calls } = await sending(sent, { content: { ...menu, type: type as 'card' } });
      const reason = expect.stringContaining(`content.type is "${type}"`);
      expect(result).toMatchObject({ outcome: 'refused', code: 'invalid-request', reason });
      expect(result).toMatchObject({ reason: expect.stringContaining(`is "${nearest}"`) });
      expect(calls).toEqual([]);
    },
  );
});

describe('a contact (guide 004, step 1)', () => {
  it.each([
    ['queued', { ...contact, status: 'queued' }, 'queued'],
    ['active', contact, 'active'],
    ['closed', { ...contact, status: 'closed' }, 'closed'],
    ['open when no status is told', { id: 'contact-1', conversationId: 'conv-1' }, 'active'],
  ])('is looked up with the state of its conversation: %s', async (_name, answer, state) => {
    const { result, calls } = await reading(json(200, answer));
    expect(calls).toMatchObject([{ method: 'GET', path: `${PATH}/contact-1`, body: '' }]);
    const value = { contactId: 'contact-1', providerConversationId: 'conv-1', state };
    expect(result).toEqual({ outcome: 'ok', value });
  });

  it.each([
    ['without a conversation', { id: 'contact-1' }],
    ['with a state nobody knows', { ...contact, status: 'paused' }],
    ['that is a list', []],
  ])('%s is not believed', async (_name, answer) => {
    expect((await reading(json(200, answer))).result.outcome).toBe('unknown');
  });

  it('is found in the list by address and conversation, whatever else the list holds', async () => {
    const entities = [{ id: 'old', conversationId: 'conv-0', status: 'active' }, { id: 'none' }, 5, contact];
    const { result, calls } = await finding(json(200, { entities }));
    expect(calls).toMatchObject([{ method: 'GET', path: `${PATH}?address=open%3Aroom%3A42&conversationId=conv-1` }]);
    expect(result).toMatchObject({ outcome: 'ok', value: { contactId: 'contact-1', state: 'active' } });
    expect((await finding(json(200, { entities: [] }))).result).toEqual({ outcome: 'ok', value: undefined });
  });

  it('id that is really the id of the conversation is refused with that reason, without a request (guide 004, 404)', async () => {
    const asContact = await sending(sent, { contactId: 'conv-1' });
    const asked = await reading(json(200, contact), 'conv-1');
    for (const { result, calls } of [asContact, asked]) {
      const reason = 'the contact id is the id of the conversation, which is not the same';
      expect(result).toEqual({ outcome: 'refused', code: 'invalid-request', reason });
      expect(calls).toEqual([]);
    }
  });
});

describe('an error (guide 004, Common Errors)', () => {
  const error = (status: number, message: string, code = 'error') => json(status, { message, code, status });

  it('400 because the conversation is closed keeps the text of the provider', async () => {
    const { result } = await sending(error(400, 'This conversation was closed', 'conversation.closed'));
    const reason = expect.stringContaining('This conversation was closed');
    expect(result).toMatchObject({ outcome: 'refused', code: 'conversation-closed', reason });
  });

  it('400 "Invalid content type" names the nearest right one', async () => {
    const { result } = await sending(error(400, 'Invalid content type'));
    expect(result).toMatchObject({ outcome: 'refused', code: 'invalid-request' });
    expect(result).toMatchObject({ reason: expect.stringMatching(/Invalid content type; .* is "quick-reply"$/) });
  });

  it('401 gives the token up, so that a new one is had', async () => {
    const { client } = await ready(error(401, 'token expired'));
    const result = await client.contacts!.send(toContact, soon());
    expect(result).toMatchObject({ outcome: 'not-sent', code: 'unauthorized' });
    expect(client.prepared()).toBe(false);
  });

  it('403 names the scope that is missing', async () => {
    const refusal = error(403, 'Insufficient permissions', 'missing.scope');
    const [{ result: ofSend }, { result: ofRead }] = [await sending(refusal), await reading(refusal)];
    expect(ofSend).toMatchObject({ code: 'forbidden', reason: expect.stringMatching(/Insufficient.* messages:send$/) });
    expect(ofRead).toMatchObject({ code: 'forbidden', reason: expect.stringMatching(/ conversations:read$/) });
  });

  it('404 is told as not found, to a send and to a look-up', async () => {
    const missing = error(404, 'Contact or Conversation not found');
    for (const { result } of [await sending(missing), await reading(missing), await finding(missing)]) {
      expect(result).toMatchObject({ outcome: 'refused', code: 'not-found' });
    }
  });

  it('429 waits as long as Retry-After says', async () => {
    const before = Date.now();
    const { result } = await sending(json(429, {}, { 'Retry-After': '7' }));
    if (result.outcome !== 'throttled') throw new Error(result.outcome);
    expect(result.named).toBe(true);
    expect(result.retryAt).toBeGreaterThanOrEqual(before + 7_000);
  });

  it('that quotes what was sent does not bring it into the reason', async () => {
    const quoting: Answer = (response, seen) => json(400, { message: `cannot take ${seen.body}` })(response, seen);
    const refusals = [await sending(quoting), await sending(quoting, { content: card })];
    for (const { result } of refusals) {
      expect(result.outcome).toBe('refused');
      expect(JSON.stringify(result)).not.toMatch(/help you|billing_inquiry|Learn More|example\.com|room/);
    }
  });
});
