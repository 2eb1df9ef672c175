import { HandOff, problemsOf } from '@heliograph/contracts';
import { describe, expect, it } from '@jest/globals';
import { received, sent, uuidOf } from '../../../test/fact-builders.ts';
import { contextOf, foldAll } from '../../../test/fold-all.ts';
import { fold } from '../fold.ts';
import { ReplyRoutes } from './reply-routes.ts';

const CHOICES = [
  { label: 'Billing', value: 'billing_inquiry' },
  { label: 'My agent', value: 'agent:last' },
];
const offer = (hours = 1) =>
  sent(`offer ${hours}`, hours, { content: { type: 'text', text: '1. Billing\n2. My agent', numbered: CHOICES } });
const writes = (text: string, hours = 2) => received(text, hours, { content: { type: 'text', text } });
const pressed = (payload: string) => received(payload, 2, { content: { type: 'text', text: 'A button', payload } });
const payloadIn = (...facts: Parameters<typeof foldAll>[0]) =>
  foldAll(facts).entries.findLast(({ kind }) => kind === 'message.received')?.fact.content;

describe('a reply to numbered choices (guide 004, quick reply)', () => {
  it.each([
    ['1', 'billing_inquiry'],
    ['2.', 'agent:last'],
    ['Billing', 'billing_inquiry'],
  ])('carries the payload of what it names to the timeline: %s', (text, payload) => {
    expect(payloadIn(offer(), writes(text))).toEqual({ type: 'text', text, payload });
  });

  it.each(['3', 'hello', 'billing please'])('stays as it is when it names none: %s', (text) => {
    expect(payloadIn(offer(), writes(text))).toEqual({ type: 'text', text });
    expect(foldAll([offer(), writes(text)]).state?.offered?.messageId).toBe(uuidOf('message offer 1'));
  });

  it('means the last offer, and nothing after another message of ours or once it was taken', () => {
    const other = sent('other', 1.5, {
      content: { type: 'text', text: '1. Yes', numbered: [{ label: 'Yes', value: 'y' }] },
    });
    expect(payloadIn(offer(), other, writes('1'))).toMatchObject({ payload: 'y' });
    expect(payloadIn(offer(), sent('plain', 1.5), writes('1'))).toEqual({ type: 'text', text: '1' });
    expect(payloadIn(offer(), writes('1', 2), writes('2', 3))).toEqual({ type: 'text', text: '2' });
  });
});

describe('a reply with a payload', () => {
  it('that is in the routing table is on the timeline with what it means, and goes where it says', () => {
    const run = foldAll([pressed('billing_inquiry')]);
    expect(run.entries.at(-1)).toMatchObject({
      kind: 'reply.routed',
      fact: { payload: 'billing_inquiry', action: 'billing', queueId: 'q-billing' },
    });
    expect(run.commands).toMatchObject([
      { type: 'conversation.hand-off', data: { to: 'queue', queueId: 'q-billing', accepted: true } },
    ]);
    expect(problemsOf(HandOff, run.commands[0]?.data)).toEqual([]);
    expect(foldAll([offer(), writes('1')]).commands).toHaveLength(1);
  });

  it('can go to the agent who handled the conversation last (guide 003, key behaviors)', () => {
    expect(foldAll([pressed('agent:7')]).commands).toMatchObject([{ data: { to: 'last-agent' } }]);
  });

  it('can stand for an action alone, which is no command', () => {
    const run = foldAll([pressed('just_noted')]);
    expect(run.entries.at(-1)).toMatchObject({ kind: 'reply.routed', fact: { action: 'noted' } });
    expect(run.commands).toEqual([]);
  });

  it('that nothing is configured for is counted, and that is all', () => {
    const fact = pressed('unknown');
    expect(fold(undefined, fact, contextOf(fact, 0))).toMatchObject({ unmatchedReply: true, commands: [] });
    expect(foldAll([fact]).entries.map(({ kind }) => kind)).toEqual(['session.opened', 'message.received']);
  });
});

describe('the routing table of replies', () => {
  const routes = new ReplyRoutes([
    { tenant: 'acme', prefix: 'order:', route: { action: 'order' } },
    { tenant: 'acme', prefix: 'order:new:', route: { action: 'new order' } },
    { tenant: 'acme', payload: 'order:new:1', route: { action: 'the first order' } },
    { tenant: 'globex', payload: 'order:9', route: { action: 'of globex' } },
  ]);

  it.each([
    ['acme', 'order:9', 'order'],
    ['acme', 'order:new:2', 'new order'],
    ['acme', 'order:new:1', 'the first order'],
    ['globex', 'order:9', 'of globex'],
    ['globex', 'order:8', undefined],
    ['acme', 'Order:9', undefined],
  ])('takes the whole payload before the longest prefix, each tenant its own: %s %s', (tenant, payload, action) => {
    expect(routes.find(tenant, payload)?.action).toBe(action);
  });
});
