import { describe, expect, it } from '@jest/globals';
import { EVENTS } from '@heliograph/contracts';
import { runWithTraceparent } from '@heliograph/runtime';
import type { Delivery } from '../delivery.ts';
import { newEvent } from './new-event.ts';

const parts = { id: 'e1', key: 'k', data: { a: 1 }, tenant: 'acme', source: '/heliograph/spec' };
const trace = (digit: string) => `00-${digit.repeat(32)}-${digit.repeat(16)}-01`;
const cause = { origin: 'webhook.received.v1/4/1207', event: { traceparent: trace('a') } } as Delivery;

describe('newEvent', () => {
  it('takes type from the contract, time from the clock and the tenant as an extension', () => {
    const before = new Date().toISOString();
    const event = newEvent(EVENTS.webhookReceived, { ...parts, extensions: { account: 'acme-genesys' } });
    expect(event).toMatchObject({
      id: 'e1',
      type: 'webhook.received',
      source: '/heliograph/spec',
      partitionKey: 'k',
      extensions: { tenant: 'acme', account: 'acme-genesys' },
      data: { a: 1 },
    });
    expect(event.time >= before).toBe(true);
    expect(event.origin).toBeUndefined();
  });

  it('takes origin and trace from its cause', () => {
    expect(newEvent(EVENTS.webhookReceived, { ...parts, cause })).toMatchObject({
      origin: 'webhook.received.v1/4/1207',
      traceparent: trace('a'),
    });
  });

  it('belongs to the trace that is running, before that of its cause', () => {
    const event = runWithTraceparent(trace('b'), () => newEvent(EVENTS.webhookReceived, { ...parts, cause }));
    expect(event.traceparent).toBe(trace('b'));
  });
});
