import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Receiver, type Delivery } from '../testing/receiver.ts';
import { NO_LIMITS, startSimulator, type Running } from '../testing/running.ts';

const addresses: Record<string, [ours: string, theirs: string]> = {
  whatsapp: ['+15550009876', '+15550001234'],
  sms: ['+15550001111', '+15550001234'],
  web: ['deployment-7f3a', 'guest-93d1'],
  facebook: ['106540352242922', '2711480958944521'],
  instagram: ['17841405822304914', '6034198275521'],
  x: ['2244994945', '1462938475610234881'],
  apple: ['urn:biz:0a1b', 'urn:mbid:AQAAY7Kd0Yz1'],
  line: ['U4af4980629', 'U206d25c2ea6b'],
  open: ['acme:kiosk', 'room:42'],
};

let receiver: Receiver;
let simulator: Running;
beforeAll(async () => {
  receiver = await Receiver.start();
  const senders = Object.entries(addresses).map(([channel, [address]]) => ({ channel, address }));
  const webhook = { url: receiver.url };
  simulator = await startSimulator({ account: { senders, limits: NO_LIMITS }, webhook });
});
afterAll(async () => {
  await simulator.close();
  await receiver.close();
});

const write = (message: object) => simulator.control('POST', '/accounts/acme/customer-messages', message);
const told = async (messageId: string): Promise<Delivery['event']> => {
  const [delivery] = await receiver.until(1, ({ event }) => event.message?.id === messageId);
  return delivery!.event;
};
const url = 'https://media.example.com/1';

describe('customers', () => {
  it.each(Object.entries(addresses))(
    'write on %s, from an address of that channel',
    async (channel, [ours, theirs]) => {
      const message = {
        from: `${channel}:${theirs}`,
        to: `${channel}:${ours}`,
        text: 'Hello',
        messageId: `on-${channel}`,
      };
      await write(message);
      const body = { type: 'text', text: 'Hello' };
      expect(await told(`on-${channel}`)).toMatchObject({ from: { id: message.from }, to: { id: message.to }, body });
    },
  );

  it.each([
    ['a quick reply', { type: 'quick-reply', text: 'Billing', payload: 'billing_inquiry' }],
    ['a button of a card', { type: 'card', text: 'Learn More', payload: 'learn_more' }],
    ['a button of a template', { type: 'button', text: 'Track', payload: 'track:1' }],
    ['a row of a list', { type: 'list', text: 'Speak to Agent', payload: 'transfer_to_agent' }],
    ['an image with a caption', { type: 'image', url, mimeType: 'image/jpeg', text: 'the parcel' }],
    ['a voice note', { type: 'audio', url: `${url}.ogg`, mimeType: 'audio/ogg' }],
    ['a video', { type: 'video', url }],
    ['a file', { type: 'file', url, mimeType: 'application/pdf' }],
    ['a location', { type: 'location', latitude: 52.5, longitude: 13.4, text: 'Here' }],
    ['something that nobody models', { type: 'sticker', pack: { id: 5 } }],
  ])('send %s, told word for word', async (name, body) => {
    await write({ from: 'room:42', to: 'open:acme:kiosk', body, messageId: name });
    expect((await told(name)).body).toEqual(body);
  });

  it('are told as authenticated when the channel says so', async () => {
    const message = { from: 'guest-1', to: 'web:deployment-7f3a', text: 'x' };
    for (const authenticated of [true, false]) {
      await write({ ...message, authenticated, messageId: `known-${authenticated}` });
      expect(await told(`known-${authenticated}`)).toMatchObject({ from: { id: 'web:guest-1', authenticated } });
    }
  });

  it('wrote some time ago, as the event and the window say', async () => {
    const from = 'whatsapp:+15550001299';
    const agoMs = 30 * 3_600_000;
    const before = Date.now();
    await write({ from, to: 'whatsapp:+15550009876', text: 'Yesterday', agoMs, messageId: 'yesterday' });
    const { timestamp } = await told('yesterday');
    expect(Date.parse(timestamp)).toBeGreaterThanOrEqual(before - agoMs);
    expect(Date.parse(timestamp)).toBeLessThanOrEqual(Date.now() - agoMs);
  });

  it('press what they were offered, and nothing else', async () => {
    const { conversationId } = await write({ from: 'room:9', to: 'open:acme:kiosk', text: 'Hi' });
    const at = `/accounts/acme/conversations/${conversationId}`;
    const { contactId } = await simulator.control('GET', at);
    const choices = [{ label: 'Billing', value: 'billing_inquiry' }];
    const content = { type: 'quick-reply', title: 'Menu', choices };
    const path = `/api/v2/conversations/messaging/contacts/${contactId}/messages`;
    expect((await simulator.api('POST', path, { type: 'message', content })).status).toBe(201);
    const pressed = (await simulator.control('POST', `${at}/press`, { payload: 'billing_inquiry' })) as object;
    const { messageId } = pressed as { messageId: string };
    expect((await told(messageId)).body).toEqual({ type: 'quick-reply', text: 'Billing', payload: 'billing_inquiry' });
    await expect(simulator.control('POST', `${at}/press`, { payload: 'other' })).rejects.toThrow('was not offered');
  });

  it.each([
    ['both text and body', { text: 'x', body: { type: 'text', text: 'x' } }],
    ['neither', {}],
    ['a body without type', { body: { text: 'x' } }],
    ['a body with a field of another type', { body: { type: 'image', url, payload: 'x' } }],
    ['an image without address', { body: { type: 'image' } }],
    ['a number where an id with a blank is', { from: 'room 42', text: 'x' }],
    ['another channel than the sender', { from: 'line:U1', text: 'x' }],
  ])('cannot be played with %s', async (_name, message) => {
    await expect(write({ from: 'room:42', to: 'open:acme:kiosk', ...message })).rejects.toThrow(' 400 ');
  });
});

describe('settings', () => {
  it.each([
    ['whatsapp', 'acme'],
    ['sms', '15550001111'],
    ['line', 'two words'],
    ['telegram', '1'],
  ])('refuse a sender on %s with the address %s', async (channel, address) => {
    await expect(startSimulator({ account: { senders: [{ channel, address }] } })).rejects.toThrow(
      'accounts[0].senders[0]',
    );
  });
});
