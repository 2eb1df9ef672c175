import { describe, expect, it } from '@jest/globals';
import type { SendMessage } from '@heliograph/contracts';
import type { Delivery } from '@heliograph/kafka';
import { Leave, type LeaveVerdict } from './leave.ts';

const held: LeaveVerdict = { kind: 'held', cause: 'campaign' };
const later: LeaveVerdict = { kind: 'held', cause: 'quiet-hours', resumeAt: '2026-03-02T08:00:00.000Z' };
const waits: LeaveVerdict = { kind: 'wait', reason: 'waits' };
const refused: LeaveVerdict = { kind: 'refused', refusal: { code: 'campaign-ended', reason: 'it has ended' } };
const suppressed = { kind: 'suppressed', refusal: { code: 'opted-out', reason: 'no' } } as LeaveVerdict;

const says = (verdict: LeaveVerdict | undefined) => ({ first: async () => verdict, now: async () => verdict });
const ask = (...verdicts: (LeaveVerdict | undefined)[]) =>
  new Leave(verdicts.map(says)).now({} as SendMessage, {} as Delivery);

describe('leave to send', () => {
  it('is given when nobody forbids it', async () => {
    expect(await ask(undefined, undefined)).toBeUndefined();
  });

  it('counts what ends a message before what holds it, and that before what it waits for', async () => {
    expect(await ask(waits, held, refused, suppressed)).toBe(suppressed);
    expect(await ask(waits, held, refused)).toBe(refused);
    expect(await ask(waits, held)).toBe(held);
  });

  it('counts the first of equal verdicts', async () => {
    expect(await ask(undefined, later, held)).toBe(later);
  });
});
