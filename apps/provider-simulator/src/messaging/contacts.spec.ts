import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addressHash } from '../exchange/digest.ts';
import { edited } from '../testing/edited.ts';
import { CUSTOMER, NO_LIMITS, SENDER, startSimulator, type Reply, type Running } from '../testing/running.ts';

const CONTACTS = '/api/v2/conversations/messaging/contacts';
const ROOM = 'open:room:42';
const url = 'https://example.com/1.png';
const menu = () => ({
  type: 'quick-reply',
  title: 'How can we help you today?',
  choices: [
    { label: 'Billing', value: 'billing_inquiry' },
    { label: 'Speak to Agent', value: 'transfer_to_agent' },
  ],
});
const card = () => ({
  type: 'card',
  title: 'New Product Launch',
  subtitle: 'Check out our latest features.',
  image: { url },
  actions: [
    { type: 'postback', title: 'Learn More', payload: 'learn_more_product_123' },
    { type: 'web_url', title: 'Visit Website', url },
  ],
});
const message = (content: object) => ({ type: 'message', content });

let simulator: Running;
beforeAll(async () => {
  const senders = [
    { channel: 'whatsapp', address: SENDER, queueId: 'queue-support' },
    { channel: 'open', address: 'acme:kiosk', queueId: 'queue-support' },
  ];
  simulator = await startSimulator({ account: { senders, limits: NO_LIMITS } });
});
afterAll(() => simulator.close());

/** The customer writes; the conversation and its contact. */
async function written(from = ROOM, to = 'open:acme:kiosk') {
  const body = { from, to, text: 'Hello' };
  const { conversationId } = await simulator.control('POST', '/accounts/acme/customer-messages', body);
  const { contactId } = await simulator.control('GET', `/accounts/acme/conversations/${conversationId}`);
  return { conversationId, contactId };
}
const send = (contactId: string, content: object): Promise<Reply> =>
  simulator.api('POST', `${CONTACTS}/${contactId}/messages`, message(content));
const change = (conversationId: string, how: string, body?: object) =>
  simulator.control('POST', `/accounts/acme/conversations/${conversationId}/${how}`, body);

describe('contacts (guide 004, step 1 and 404)', () => {
  it('come with their conversation, under an id of their own, and are found by address or conversation', async () => {
    const { conversationId, contactId } = await written('open:room:1');
    expect(contactId).not.toBe(conversationId);
    const contact = { id: contactId, address: 'open:room:1', conversationId, status: 'queued' };
    expect(await simulator.api('GET', `${CONTACTS}/${contactId}`)).toMatchObject({ status: 200, body: contact });
    for (const query of ['address=open%3Aroom%3A1', `conversationId=${conversationId}`]) {
      expect((await simulator.api('GET', `${CONTACTS}?${query}`)).body).toEqual({ entities: [contact] });
    }
    const other = `${CONTACTS}?address=open%3Aroom%3A2&conversationId=${conversationId}`;
    expect((await simulator.api('GET', other)).body).toEqual({ entities: [] });
  });

  it('are a 404 under the id of their conversation, and under an id that was replaced', async () => {
    const { conversationId, contactId } = await written();
    const before = await simulator.api('GET', `${CONTACTS}/${conversationId}`);
    expect(before).toMatchObject({ status: 404, body: { message: expect.stringMatching(/^contactId: /) } });
    const { contactId: now } = await change(conversationId, 'renew-contact');
    expect((await send(contactId, menu())).status).toBe(404);
    expect((await send(now, menu())).status).toBe(201);
  });

  it('take messages while their conversation is queued or active; closed, a send is a 400 and a look a 404', async () => {
    const { conversationId, contactId } = await written('open:room:2');
    expect((await send(contactId, menu())).status).toBe(201);
    await change(conversationId, 'assign', { agentId: 'agent-7' });
    expect((await send(contactId, menu())).status).toBe(201);
    await change(conversationId, 'close');
    expect(await send(contactId, menu())).toMatchObject({ status: 400, body: { code: 'conversation.closed' } });
    expect((await simulator.api('GET', `${CONTACTS}/${contactId}`)).status).toBe(404);
    const list = await simulator.api('GET', `${CONTACTS}?conversationId=${conversationId}`);
    expect(list.body).toEqual({ entities: [] });
  });

  it.each([
    ['messages:send', 'POST'],
    ['conversations:read', 'GET'],
  ])('need the scope %s for %s: 403 without it', async (scope, method) => {
    const { contactId } = await written();
    const { scopes } = (await simulator.control('GET', '/accounts/acme/settings')) as unknown as { scopes: string[] };
    await simulator.control('PATCH', '/accounts/acme/settings', { scopes: scopes.filter((one) => one !== scope) });
    await simulator.logIn();
    const path = method === 'GET' ? `${CONTACTS}/${contactId}` : `${CONTACTS}/${contactId}/messages`;
    const body = method === 'GET' ? undefined : message(menu());
    const reply = await simulator.api(method, path, body);
    expect(reply).toMatchObject({ status: 403, body: { message: expect.stringContaining(scope) } });
    await simulator.control('PATCH', '/accounts/acme/settings', { scopes });
    await simulator.logIn();
  });
});

type Change = [named: string, changed: string, value?: unknown];
const wrong = (field: string, ...values: unknown[]): Change[] =>
  (values.length === 0 ? [undefined] : values).map((value): Change => [field, field, value]);

const changes: [string, () => object, Change[]][] = [
  [
    'a quick reply',
    menu,
    [
      ...wrong('type', 'Message', undefined),
      ...wrong('to', { id: ROOM }),
      ...wrong('content', undefined, 'text', []),
      ...wrong('content.type', 'quickreply', 'QUICK-REPLY', 7),
      ...wrong('content.title', undefined, '', 5),
      ...wrong('content.text', 'x'),
      ...wrong('content.choices', undefined, [], {}),
      ...wrong('content.choices[0].label', undefined, ''),
      ...wrong('content.choices[0].value', undefined, 1, 'x'.repeat(257)),
      ...wrong('content.choices[1].payload', 'x'),
    ],
  ],
  [
    'a card',
    card,
    [
      ...wrong('content.title'),
      ...wrong('content.subtitle', 5),
      ...wrong('content.image', url),
      ...wrong('content.image.url', undefined, 'ftp://x'),
      ...wrong('content.imageUrl', url),
      ...wrong('content.actions', undefined, []),
      ...wrong('content.actions[0].type', 'link'),
      ...wrong('content.actions[0].payload'),
      ...wrong('content.actions[0].url', url),
      ...wrong('content.actions[1].url', undefined, 'example.com'),
      ...wrong('content.actions[1].payload', 'x'),
    ],
  ],
  [
    'an image',
    () => ({ type: 'image', url, mimeType: 'image/png', fileName: '1.png', caption: 'look' }),
    [...wrong('content.url', undefined, 'data:,x'), ...wrong('content.mimeType', 5), ...wrong('content.sizeBytes', 5)],
  ],
  ['an audio', () => ({ type: 'audio', url, mimeType: 'audio/ogg' }), [...wrong('content.url')]],
  ['a video', () => ({ type: 'video', url }), [...wrong('content.url')]],
  ['a file', () => ({ type: 'file', url, fileName: 'a.pdf' }), [...wrong('content.fileName', '')]],
  [
    'a location',
    () => ({ type: 'location', latitude: 52.5, longitude: 13.4, label: 'Here' }),
    [...wrong('content.latitude', undefined, '52', 91), ...wrong('content.longitude', -181)],
  ],
  ['a text', () => ({ type: 'text', text: 'Hello' }), [...wrong('content.text', undefined, '')]],
];

describe.each(changes)('%s (guide 004, step 2)', (_name, content, wrongs) => {
  it('is accepted as it should be', async () => {
    const { contactId } = await written();
    expect(await send(contactId, content())).toMatchObject({ status: 201, body: { status: 'queued' } });
  });

  it.each(wrongs)('is refused with 400 naming %s when %s is %j', async (named, changed, value) => {
    const { contactId } = await written();
    const body = edited(message(content()), changed, value);
    const reply = await simulator.api('POST', `${CONTACTS}/${contactId}/messages`, body);
    expect(reply).toMatchObject({ status: 400, body: { code: 'bad.request' } });
    expect(reply.body.message.split(': ')[0]).toBe(named);
  });
});

describe('structured messages', () => {
  it('of a type that does not exist are refused as the guide says it', async () => {
    const { contactId } = await written();
    const { body } = await send(contactId, { ...menu(), type: 'quickreply' });
    expect(body.message).toBe('content.type: Invalid content type');
  });

  it('on WhatsApp need the 24-hour window, with code 131051; on other channels there is none', async () => {
    const { contactId } = await written(`whatsapp:${CUSTOMER}`, `whatsapp:${SENDER}`);
    const open = await written('open:room:3');
    await simulator.control('PUT', '/clock', { offsetMs: 24 * 3_600_000 });
    await simulator.logIn();
    expect((await send(contactId, menu())).body.code).toBe('131051');
    expect((await send(open.contactId, menu())).status).toBe(201);
    await simulator.control('PUT', '/clock', { offsetMs: 0 });
    await simulator.logIn();
  });

  it('are in the evidence with conversation, contact, content and what they say, and count against their number', async () => {
    const { conversationId, contactId } = await written(`whatsapp:${CUSTOMER}`, `whatsapp:${SENDER}`);
    await send(contactId, menu());
    const record = (await simulator.lines('/requests')).at(-1);
    expect(record).toMatchObject({ conversationId, contactId, content: 'quick-reply', accepted: true });
    expect(record).toMatchObject({ text: 'How can we help you today?', number: `whatsapp:${SENDER}` });
    expect(record).toMatchObject({ toHash: addressHash(`whatsapp:${CUSTOMER}`) });
  });

  it('are shown on the page with their kind and buttons, escaped', async () => {
    const { contactId } = await written('open:room:4');
    await send(contactId, { ...menu(), title: '<b>menu</b>' });
    await send(contactId, card());
    const { text } = (await simulator.raw('GET', '/', null, {})).body;
    expect(text).toContain('<em>quick-reply</em> &lt;b&gt;menu&lt;/b&gt; <kbd>Billing</kbd> <kbd>Speak to Agent</kbd>');
    expect(text).toContain('<kbd>Visit Website ↗</kbd>');
  });

  it('wait for a fault of the kind "hold" to be removed, and find what has changed meanwhile', async () => {
    const { conversationId, contactId } = await written('open:room:5');
    await simulator.fault({ kind: 'hold', match: { path: '*/contacts/*/messages' } });
    const before = (await simulator.lines('/requests')).length;
    const sending = send(contactId, menu());
    await simulator.control('GET', `/wait?requests=${before + 1}`);
    await change(conversationId, 'close');
    await simulator.control('DELETE', '/accounts/acme/faults');
    expect(await sending).toMatchObject({ status: 400, body: { code: 'conversation.closed' } });
  });
});
