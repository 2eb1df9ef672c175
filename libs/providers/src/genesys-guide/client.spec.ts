import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { clientOf, goodSend, json, ready, soon, toOpen, toSend } from '../../test/provider-stand-in.ts';
import { profileOf } from '../registry.ts';

const payload = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`./payloads/${name}.json`, import.meta.url), 'utf8'));

describe('the calls (guide 000, section 4)', () => {
  it('create a conversation with exactly the body of the guide; attributes cannot undo the opt-in', async () => {
    const { client, calls } = await ready(json(201, { id: 'conv-1', status: 'queued' }));
    const result = await client.openConversation(toOpen, soon());
    expect(result).toEqual({ outcome: 'ok', value: { providerConversationId: 'conv-1' } });
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({ method: 'POST', path: '/api/v2/conversations/messaging' });
    expect(calls[0]?.headers).toMatchObject({ authorization: 'Bearer token-1', 'content-type': 'application/json' });
    expect(JSON.parse(calls[0]?.body ?? '')).toEqual(payload('request-open-conversation'));
  });

  it('do not create a conversation without opt-in, and make no request for it', async () => {
    const { client, calls } = await ready(goodSend);
    const result = await client.openConversation({ ...toOpen, optIn: false }, soon());
    expect(result).toMatchObject({ outcome: 'refused', code: 'opt-in-missing' });
    expect(calls).toHaveLength(0);
  });

  it('send a text with exactly the body of the guide, and say how many requests are left', async () => {
    const { client, calls } = await ready(goodSend);
    const result = await client.sendMessage(toSend, soon());
    expect(result).toEqual({ outcome: 'ok', value: { providerMessageId: 'msg-1' } });
    expect(calls.map((call) => call.path)).toEqual(['/api/v2/conversations/messaging/conv%2F1/messages']);
    expect(JSON.parse(calls[0]?.body ?? '')).toEqual(payload('request-send-text'));
  });

  it('send a template with exactly the body of the guide', async () => {
    const { client, calls } = await ready(goodSend);
    const content = {
      type: 'template',
      name: 'order_confirmation',
      language: 'en',
      parameters: ['ORD-789456'],
    } as const;
    await client.sendMessage({ ...toSend, content: { ...content, parameters: [...content.parameters] } }, soon());
    await client.sendMessage({ ...toSend, content: { type: 'template', name: 'hi', language: 'en' } }, soon());
    expect(JSON.parse(calls[0]?.body ?? '')).toEqual(payload('request-send-template'));
    expect(JSON.parse(calls[1]?.body ?? '')).toMatchObject({ template: { name: 'hi', components: [] } });
  });

  it('write sms numbers in E.164 and bodies in UTF-8', async () => {
    const { client, calls } = await ready(goodSend);
    const content = { type: 'text', text: 'Grüße 👋 مرحبا' } as const;
    await client.sendMessage({ ...toSend, channel: 'sms', to: '+15550001234', content }, soon());
    expect(JSON.parse(calls[0]?.body ?? '')).toEqual({
      to: { id: 'sms:+15550001234', type: 'person' },
      text: { content: content.text, type: 'text' },
    });
  });
});

describe('the registry', () => {
  it('knows no profile of another name', () => {
    expect(profileOf('genesys-cloud')).toBeUndefined();
    expect(profileOf('__proto__')).toBeUndefined();
  });

  it('gives no client for an address that is none', () => {
    expect(() => clientOf('ftp://example.com')).toThrow('"ftp://example.com" is not an http or https address');
    expect(() => clientOf('http://example.com', {}, 'nothing')).toThrow(TypeError);
  });
});
