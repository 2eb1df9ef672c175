import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { guideMessage, guideReceipt } from '@heliograph/testing';
import { partiesOf, PLATFORM_IDS, RouterBench } from '../../test/router-bench.ts';

let bench: RouterBench;
beforeAll(async () => (bench = await RouterBench.open()), 60_000);
afterAll(() => bench.close(), 20_000);

const url = 'https://media.example.com/1';
const kiosk = { channel: 'open', from: 'room:42', to: PLATFORM_IDS.open } as const;

describe('a message of a customer', () => {
  const channels = Object.keys(PLATFORM_IDS) as (keyof typeof PLATFORM_IDS)[];
  it.each(channels)(
    'on %s is a fact of the conversation with that id, letter by letter (guide 003)',
    async (channel) => {
      const contact = `Customer:${channel}/7`;
      const message = guideMessage({ channel, from: contact, to: PLATFORM_IDS[channel] });
      await bench.receive([message]);
      const { conversationId } = partiesOf({ channel, contact });
      const { data } = await bench.fact(message);
      expect(data).toMatchObject({ conversationId, channel, sender: 'support', contact });
      expect(data.senderAddress).toBe(PLATFORM_IDS[channel]);
      const receipt = {
        ...guideReceipt('out-1', 'delivered', message.conversation.id),
        from: { id: `${channel}:${PLATFORM_IDS[channel]}` },
        to: { id: `${channel}:${contact}` },
      };
      await bench.receive([receipt]);
      expect((await bench.fact(receipt)).data).toMatchObject({ conversationId, status: 'delivered' });
    },
    60_000,
  );

  it.each([
    ['a reply to a quick reply', { type: 'quick-reply', text: 'Billing', payload: 'billing_inquiry' }],
    ['a button of a card', { type: 'card', text: 'Learn More', payload: 'learn_more' }],
    ['a row of a list', { type: 'list', text: 'Agent', payload: 'transfer_to_agent' }],
    ['an image', { type: 'image', url, mimeType: 'image/jpeg', text: 'the parcel' }],
    ['a voice note', { type: 'audio', url, mimeType: 'audio/ogg' }],
    ['a location', { type: 'location', latitude: 52.5, longitude: 13.4, text: 'Here' }],
  ])(
    'that is %s carries everything it says to the fact (guide 004, step 2)',
    async (_name, body) => {
      const message = guideMessage({ ...kiosk, body });
      await bench.receive([message]);
      expect((await bench.fact(message)).data.content).toEqual(body);
    },
    60_000,
  );

  it('of a type that is not modelled keeps its name', async () => {
    const message = guideMessage({ ...kiosk, body: { type: 'sticker', payload: { id: 5 } } });
    await bench.receive([message]);
    expect((await bench.fact(message)).data.content).toEqual({ type: 'sticker' });
  }, 60_000);

  it.each([[true], [false], [undefined]])(
    'says of its customer that they are authenticated: %s (guide 003)',
    async (authenticated) => {
      const given = { channel: 'web', from: 'guest-1', to: PLATFORM_IDS.web, authenticated } as const;
      const message = guideMessage(given);
      await bench.receive([message]);
      expect((await bench.fact(message)).data.authenticated).toBe(authenticated);
    },
    60_000,
  );

  it('whose attachment has no address is dead-lettered with the field', async () => {
    const message = guideMessage({ ...kiosk, body: { type: 'image' } });
    await bench.receive([message]);
    const { headers } = await bench.deadLetter(message);
    expect(headers['dead-reason']).toBe('wrong fields of a message event: body.url');
  }, 60_000);
});
