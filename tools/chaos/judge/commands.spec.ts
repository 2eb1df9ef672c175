import { describe, expect, it } from '@jest/globals';
import { arrival, entry } from './clean-run.ts';
import { endedBy, idAsAccepted } from './commands.ts';
import { changeFact, outcomeOf, planted, remove, type Run } from './planted.ts';

/** The message goes on by SMS, as one that was sent there. */
function divert(run: Run, name: string): void {
  const goesOnAs = `${name} by sms`;
  const command = { messageId: goesOnAs, conversationId: 'sms' };
  changeFact(run, `message ${name}`, 'message.diverted', { command });
  run.entries.push(entry(run, 'sms', 'message.sent', { messageId: goesOnAs, divertedFrom: `message ${name}` }));
}

describe('a message that was suppressed', () => {
  it('is skipped: its contact has opted out, and nothing of it was sent', () => {
    const found = planted((run) => {
      changeFact(run, 'message c0/1', 'message.suppressed');
      run.arrivals = run.arrivals.filter(({ text }) => text !== 'c0/1');
    });
    expect(found).toEqual({ done: 23, skipped: 1 });
  });

  it('and that the provider has taken is contradicted', () => {
    const found = planted((run) => changeFact(run, 'message c0/1', 'message.suppressed'));
    expect(found).toEqual({ done: 23, skipped: 1, contradicted: 1 });
  });
});

describe('a message that was diverted', () => {
  it('is done when the one that it goes on as is', () => {
    expect(planted((run) => divert(run, 'c0/1'))).toEqual({});
  });

  it('is judged by the end of the one that it goes on as', () => {
    const found = planted((run) => {
      divert(run, 'c0/1');
      changeFact(run, 'c0/1 by sms', 'message.suppressed');
      run.arrivals = run.arrivals.filter(({ text }) => text !== 'c0/1');
    });
    expect(found).toEqual({ done: 23, skipped: 1 });
  });

  it('is lost when that one has no end, or never arrived', () => {
    const withoutEnd = planted((run) => {
      divert(run, 'c0/1');
      remove(run, outcomeOf(run, 'c0/1 by sms'));
    });
    const withoutArrival = planted((run) => {
      divert(run, 'c0/1');
      run.arrivals = run.arrivals.filter(({ text }) => text !== 'c0/1');
    });
    expect([withoutEnd, withoutArrival]).toEqual(Array(2).fill({ done: 23, lost: 1 }));
  });

  it('is dead when that one is', () => {
    const found = planted((run) => {
      divert(run, 'c0/1');
      run.deadLetters.push({ messageId: 'c0/1 by sms' });
    });
    expect(found).toEqual({ done: 23, dead: 1 });
  });

  it('and that was sent all the same before it went on is a silent repeat', () => {
    const found = planted((run) => {
      divert(run, 'c0/1');
      run.arrivals.push(arrival(run, 'c0/1'));
    });
    expect(found).toEqual({ repeatedSilent: 1 });
  });

  it('has no order with those that were sent where it was, and has one with those that went on to where it did', () => {
    const late = (...names: string[]) =>
      planted((run) => {
        for (const name of ['c0/0', 'c0/1']) divert(run, name);
        run.arrivals = run.arrivals.filter(({ text }) => !names.includes(text!));
        names.forEach((name, index) => run.arrivals.push(arrival(run, name, { seq: 1_000 + index })));
      });
    expect(late('c0/0', 'c0/1')).toEqual({});
    expect(late('c0/1', 'c0/0')).toEqual({ swapped: 1 });
  });

  it('has ended when the one that it goes on as has, under the id with which it was accepted', () => {
    const fact = { messageId: 'by sms', divertedFrom: 'accepted' };
    const ends = ['message.sent', 'message.failed', 'message.unresolved', 'message.suppressed'];
    for (const kind of ends) expect(endedBy({ kind, fact })).toBe('accepted');
    expect(endedBy({ kind: 'message.sent', fact: { messageId: 'accepted' } })).toBe('accepted');
    expect(endedBy({ kind: 'message.diverted', fact: { messageId: 'accepted' } })).toBeUndefined();
    expect(idAsAccepted(fact)).toBe('accepted');
  });
});
