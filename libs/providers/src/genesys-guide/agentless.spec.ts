import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { MessageContent } from '@heliograph/contracts';
import { json, ready, soon } from '../../test/provider-stand-in.ts';
import type { AgentlessSend } from '../agentless-client.ts';

const payload = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`./payloads/${name}.json`, import.meta.url), 'utf8'));

const whatsapp: AgentlessSend = {
  channel: 'whatsapp',
  from: '15550009876',
  to: '1234567890',
  label: 'order_confirmation_flow',
  content: {
    type: 'template',
    name: 'order_confirmation_v2',
    language: 'en_US',
    headerParameters: ['ORD-98765'],
    parameters: ['John Doe', 'ORD-98765', '2023-11-01'],
  },
  reference: 'message-1',
};
const sms: AgentlessSend = {
  channel: 'sms',
  from: '+15550001111',
  to: '+15550100100',
  content: {
    type: 'template',
    name: 'order_shipped',
    language: 'en_US',
    providerTemplateId: 'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx',
    variables: { order_id: 'ORD-998877', tracking_link: 'https://track.example.com/998877' },
  },
  reference: 'message-2',
};
const initiated = json(201, { conversationId: 'conv-7', status: 'INITIATED' });
const of = (send: AgentlessSend, content: Partial<MessageContent>): AgentlessSend => ({
  ...send,
  content: { ...send.content, ...content },
});

describe('an agentless send', () => {
  it.each<[string, AgentlessSend, string]>([
    [
      'a WhatsApp template: a flat list, the header first (guide 001, section 3)',
      whatsapp,
      'request-agentless-whatsapp',
    ],
    [
      'an SMS template: its id, values by name, the channel type always (guide 002, section 3)',
      sms,
      'request-agentless-sms',
    ],
  ])('is written exactly as the guide shows it: %s', async (_title, request, body) => {
    const { client, calls } = await ready(initiated);
    const result = await client.sendAgentless(request, soon());
    expect(result).toEqual({
      outcome: 'ok',
      value: { providerConversationId: 'conv-7', providerMessageId: 'conv-7' },
    });
    expect(calls.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /api/v2/messaging/conversations']);
    expect(JSON.parse(calls[0]!.body)).toEqual(payload(body));
  });

  it('of a text carries it as it is, and e-mail has its own channel type', async () => {
    const { client, calls } = await ready(initiated);
    await client.sendAgentless({ ...sms, content: { type: 'text', text: 'Hello' } }, soon());
    await client.sendAgentless({ ...sms, channel: 'email', to: 'jana@example.com' }, soon());
    await client.sendAgentless({ ...whatsapp, label: undefined }, soon());
    expect(calls.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { conversationType: 'sms', addresses: [{ channelType: 'SMS', address: '+15550100100' }], body: 'Hello' },
      expect.objectContaining({
        conversationType: 'email',
        addresses: [{ channelType: 'EMAIL', address: 'jana@example.com' }],
      }),
      expect.objectContaining({ label: 'order_confirmation_v2' }),
    ]);
  });

  it.each<[string, AgentlessSend, RegExp]>([
    ['an SMS template without its id', of(sms, { providerTemplateId: undefined }), /^content\.providerTemplateId/],
    ['values without names by SMS', of(sms, { variables: undefined, parameters: ['x'] }), /have no names$/],
    ['free text on WhatsApp', { ...whatsapp, content: { type: 'text', text: 'Hello' } }, /^content\.type: text/],
    ['a card by SMS', { ...sms, content: { type: 'card', title: 'x', actions: [] } }, /^content\.type: card/],
  ])('is refused without a request: %s', async (_title, request, reason) => {
    const { client, calls } = await ready(initiated);
    const expected = { outcome: 'refused', code: 'invalid-request', reason: expect.stringMatching(reason) };
    expect(await client.sendAgentless(request, soon())).toMatchObject(expected);
    expect(calls).toEqual([]);
  });

  it.each<[string, number, object, object]>([
    ['a template that is not approved', 400, { code: '131050' }, { code: 'sender-or-template-mismatch' }],
    [
      'one that is not published (guide 002, edge case 3)',
      400,
      { code: 'template.not.published' },
      { code: 'sender-or-template-mismatch' },
    ],
    ['an id that nobody knows', 404, { code: 'not.found' }, { code: 'sender-or-template-mismatch' }],
    ['a closed session (guide 001, edge case 1)', 400, { code: 'Session Closed' }, { code: 'window-closed' }],
    ['an answer without a conversation', 200, { status: 'INITIATED' }, { outcome: 'unknown' }],
    ['too many', 429, {}, { outcome: 'throttled' }],
  ])('ends as what the answer means: %s', async (_title, status, body, expected) => {
    const { client } = await ready(json(status, body));
    expect(await client.sendAgentless(sms, soon())).toMatchObject(expected);
  });

  it('keeps values and addresses out of reasons, whatever the provider quotes', async () => {
    const { client } = await ready((response, seen) =>
      json(400, { message: `cannot send ${seen.body}` })(response, seen),
    );
    const header = {
      ...whatsapp.content,
      headerParameters: ['HEADER-VALUE'],
      buttonValues: [{ index: 0, kind: 'url' as const, value: 'LINK-VALUE' }],
    };
    for (const request of [
      sms,
      { ...whatsapp, content: header },
      { ...sms, content: { type: 'text' as const, text: 'Hello Jana' } },
    ]) {
      const result = await client.sendAgentless(request, soon());
      expect(result).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('cannot send') });
      expect(JSON.stringify(result)).not.toMatch(/15550100100|1234567890|ORD-9|John|2023-11|example\.com|VALUE|Jana/);
    }
  });
});

describe('a template that is sent into a conversation (guide 000, section 4)', () => {
  it('carries header, body and buttons as components', async () => {
    const { client, calls } = await ready(json(200, { id: 'msg-1' }));
    const content: MessageContent = {
      ...whatsapp.content,
      buttonValues: [
        { index: 1, kind: 'url', value: '4417-DE' },
        { index: 0, kind: 'quick-reply', value: 'CHECK_ORDER' },
      ],
    };
    const send = {
      providerConversationId: 'c',
      channel: 'whatsapp' as const,
      to: '1234567890',
      content,
      reference: 'm',
    };
    await client.sendMessage(send, soon());
    const text = (value: string) => ({ type: 'text', text: value });
    expect(JSON.parse(calls[0]!.body)).toMatchObject({
      template: {
        components: [
          { type: 'header', parameters: [text('ORD-98765')] },
          { type: 'body', parameters: ['John Doe', 'ORD-98765', '2023-11-01'].map(text) },
          {
            type: 'button',
            sub_type: 'quick_reply',
            index: '0',
            parameters: [{ type: 'payload', payload: 'CHECK_ORDER' }],
          },
          { type: 'button', sub_type: 'url', index: '1', parameters: [text('4417-DE')] },
        ],
      },
    });
  });
});
