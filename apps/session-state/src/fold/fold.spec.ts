import { EVENTS, problemsOf, SessionSnapshot, TimelineEntry, typesOf } from '@heliograph/contracts';
import { describe, expect, it } from '@jest/globals';
import {
  assigned,
  failed,
  HOUR,
  isoAt,
  parties,
  receipt,
  received,
  sent,
  START,
  unresolved,
  uuidOf,
} from '../../test/fact-builders.ts';
import { INPUTS } from '../rebuild/session-rebuild.ts';
import { FACT_TYPES } from './facts.ts';
import { contextOf, foldAll } from '../../test/fold-all.ts';
import { fold } from './fold.ts';
import { MAX_MESSAGES } from './messages.ts';

const statusOf = (run: ReturnType<typeof foldAll>, name: string): string | undefined =>
  run.state?.messages.find((message) => message.messageId === uuidOf(`message ${name}`))?.status;

describe('the fold', () => {
  it('knows every fact of its input topics', () => {
    const carried = INPUTS.flatMap(({ name }) => typesOf(name));
    expect([...FACT_TYPES].sort()).toEqual(carried.sort());
  });

  it('gives entries and states that satisfy their contracts', () => {
    const run = foldAll([received('a', 0), assigned('q', 1), sent('m', 2), receipt('m', 'read', 3), failed('n', 4)]);
    for (const entry of run.entries) expect(problemsOf(TimelineEntry, entry)).toEqual([]);
    expect(problemsOf(SessionSnapshot, run.state)).toEqual([]);
    expect(problemsOf(SessionSnapshot, foldAll([receipt('m', 'read', 3)]).state)).toEqual([]);
  });

  it('records the fact itself, without what the entry says already', () => {
    const entry = foldAll([received('a', 0)]).entries[1];
    expect(entry).toEqual({
      ...parties,
      sequence: 2,
      session: 1,
      kind: EVENTS.messageReceived.type,
      factId: uuidOf('message.received a'),
      at: isoAt(0),
      fact: {
        providerMessageId: 'in-a',
        providerConversationId: 'pc-1',
        at: isoAt(0),
        content: { type: 'text', text: 'hello' },
      },
    });
  });

  it('knows the number that the customer wrote to last, whatever the order in which it hears of it', () => {
    const numberAfter = (...facts: Parameters<typeof foldAll>[0]) => foldAll(facts).state?.senderAddress;
    const first = received('a', 1, { senderAddress: '15550009876' });
    const later = received('b', 2, { senderAddress: '15550009877' });
    expect([numberAfter(first, later), numberAfter(later, first)]).toEqual(['15550009877', '15550009877']);
    expect(numberAfter(later, received('c', 3))).toBe('15550009877');
  });

  it('keeps our reference with a receipt whose send is not known yet', () => {
    const early = receipt('m', 'delivered', 3);
    const data = { ...early.data, reference: uuidOf('message m') };
    const { state } = foldAll([{ ...early, data } as typeof early]);
    expect(state?.earlyReceipts).toMatchObject([{ reference: uuidOf('message m'), status: 'delivered' }]);
    expect(problemsOf(SessionSnapshot, state)).toEqual([]);
  });

  it('skips a record at or below the applied offset of its topic, and only of its topic', () => {
    const { state } = foldAll([received('a', 0), received('b', 1)]);
    expect(fold(state, received('c', 2), contextOf(received('c', 2), 1))).toEqual({ skipped: 'applied-already' });
    expect(fold(state, sent('c', 2), contextOf(sent('c', 2), 0))).toHaveProperty('entries');
  });

  it('skips a fact that was published twice', () => {
    expect(foldAll([received('a', 0), received('b', 1), received('a', 0)]).skipped).toEqual(['repeated-fact']);
  });

  it('moves the window forward only, and never past now', () => {
    expect(foldAll([received('a', 5), received('late', 1)]).state?.lastCustomerMessageAt).toBe(isoAt(5));
    expect(foldAll([received('a', 5)], START).state?.lastCustomerMessageAt).toBe(isoAt(0));
    expect(foldAll([received('a', 0), sent('m', 9)]).state?.lastCustomerMessageAt).toBe(isoAt(0));
  });

  it('keeps a receipt that comes first and applies it behind its send', () => {
    const early = foldAll([receipt('m', 'delivered', 1)]);
    expect(early.entries).toEqual([]);
    expect(early.state).toMatchObject({ sequence: 0, session: 0, earlyReceipts: [{ status: 'delivered' }] });

    const run = foldAll([receipt('m', 'delivered', 1), receipt('m', 'sent', 0), sent('m', 0)]);
    expect(run.entries.map((entry) => [entry.sequence, entry.kind, entry.at])).toEqual([
      [1, 'session.opened', isoAt(0)],
      [2, 'message.sent', isoAt(0)],
      [3, 'message.status-reported', isoAt(1)],
    ]);
    expect(statusOf(run, 'm')).toBe('delivered');
    expect(run.state?.earlyReceipts).toEqual([]);
  });

  it('skips a receipt that says nothing new', () => {
    const run = foldAll([
      sent('m', 0),
      receipt('m', 'read', 2),
      receipt('m', 'delivered', 1),
      receipt('m', 'failed', 3),
    ]);
    expect(run.skipped).toEqual(['receipt-says-nothing-new', 'receipt-says-nothing-new']);
    expect(statusOf(run, 'm')).toBe('read');
  });

  it('lets a delivery overturn a failure and says so', () => {
    const run = foldAll([
      sent('m', 0),
      receipt('m', 'failed', 1),
      receipt('m', 'sent', 2),
      receipt('m', 'delivered', 3),
    ]);
    expect(run.state?.messages[0]).toMatchObject({
      status: 'delivered',
      reason: 'reported failed before: no reason given',
    });
    expect(run.skipped).toEqual(['receipt-says-nothing-new']);
  });

  it('records our own word about a message with its reason', () => {
    const run = foldAll([unresolved('u', 0), failed('f', 1), sent('u', 2)]);
    expect(statusOf(run, 'u')).toBe('sent');
    expect(run.state?.messages[1]).toMatchObject({
      status: 'failed',
      reason: 'window-closed: the customer wrote more than 24 hours ago',
    });
  });

  it('forgets messages and early receipts after 7 days and beyond its bounds', () => {
    const days = 24;
    const old = foldAll([sent('m', 0), receipt('x', 'read', 0)], START);
    const later = fold(
      old.state,
      received('a', 8 * days),
      contextOf(received('a', 8 * days), 9, START + 8 * days * HOUR),
    );
    expect('state' in later && later.state).toMatchObject({ messages: [], earlyReceipts: [] });

    const many = foldAll(
      Array.from({ length: MAX_MESSAGES + 5 }, (_, index) => sent(`m${index}`, 0)),
      START,
    );
    const next = fold(many.state, received('a', 0), contextOf(received('a', 0), 9, START));
    expect('state' in next && next.state.messages).toHaveLength(MAX_MESSAGES);
    expect('state' in next && next.state.messages.at(-1)?.providerMessageId).toBe(`out-m${MAX_MESSAGES + 4}`);
  });
});
