import { describe, expect, it } from '@jest/globals';
import { arrival, cleanRun, entry } from './clean-run.ts';
import { isClean, judge } from './judge.ts';
import { changeFact, outcomeOf, planted, remove, renumber, type Run } from './planted.ts';

describe('a run in which nothing went wrong', () => {
  it('is clean, and in = done', () => {
    const tally = judge(cleanRun());
    expect(tally).toMatchObject({ in: 24, done: 24, skipped: 0, dead: 0, lost: 0, findings: [] });
    expect(isClean(tally)).toBe(true);
  });

  it('stays clean when the topic was read twice', () => {
    expect(planted((run) => run.entries.push(...run.entries.slice(3, 9)))).toEqual({});
  });
});

describe('a planted violation is found:', () => {
  it('a command that has no outcome is lost', () => {
    const found = planted((run) => remove(run, outcomeOf(run, 'message c1/2')));
    expect(found).toEqual({ done: 23, lost: 1 });
  });

  it('a command whose fact says sent and that never arrived is lost', () => {
    const found = planted((run) => void (run.arrivals = run.arrivals.filter(({ text }) => text !== 'c1/2')));
    expect(found).toEqual({ done: 23, lost: 1 });
  });

  it('a command that arrived and was not taken, while its fact says sent, is lost', () => {
    const found = planted((run) => {
      run.arrivals = run.arrivals.map((one) => (one.text === 'c1/2' ? { ...one, accepted: false, status: 500 } : one));
    });
    expect(found).toEqual({ done: 23, lost: 1 });
  });

  it('an event that is not on the timeline is lost, whether or not it was acknowledged', () => {
    for (const acknowledgements of [0, 1, 3]) {
      const found = planted((run) => {
        remove(
          run,
          run.entries.findIndex(({ fact }) => fact.providerMessageId === 'said 2/3'),
        );
        run.events[11] = { ...run.events[11]!, acknowledgements };
      });
      expect(found).toMatchObject({ done: 23, lost: 1 });
    }
  });

  it('a message that arrived twice and whose fact does not say so is a silent repeat', () => {
    expect(planted((run) => run.arrivals.push(arrival(run, 'c0/1')))).toEqual({ repeatedSilent: 1 });
  });

  it('a message that arrived three times is one even when its fact says that it may be repeated', () => {
    const found = planted((run) => {
      run.arrivals.push(arrival(run, 'c0/1'));
      run.arrivals.push(arrival(run, 'c0/1'));
      changeFact(run, 'message c0/1', 'message.sent', { possiblyRepeated: true });
    });
    expect(found).toEqual({ repeatedSilent: 1 });
  });

  it('a template is recognised by its first parameter', () => {
    expect(planted((run) => run.arrivals.push(arrival(run, 'c0/1 | soon')))).toEqual({ repeatedSilent: 1 });
  });

  it('an event with two facts is a silent repeat', () => {
    const found = planted((run) =>
      run.entries.push(entry(run, 'c0', 'message.received', { providerMessageId: 'said 0/1' })),
    );
    expect(found).toEqual({ repeatedSilent: 1 });
  });

  it('a fact with two numbers is a silent repeat', () => {
    const found = planted((run) => {
      const state = { providerConversationId: 'elsewhere', state: 'closed' };
      const one = entry(run, 'c0', 'provider-conversation.changed', state);
      run.entries.push(one, { ...one, sequence: one.sequence + 1 });
    });
    expect(found).toEqual({ repeatedSilent: 1 });
  });

  it('messages that first arrived in another order than they were asked for are swapped', () => {
    const found = planted((run) => {
      const [one, two] = ['c1/1', 'c1/2'].map((text) => run.arrivals.findIndex((other) => other.text === text));
      const texts = [run.arrivals[two!]!.text, run.arrivals[one!]!.text];
      run.arrivals[one!] = { ...run.arrivals[one!]!, text: texts[0] };
      run.arrivals[two!] = { ...run.arrivals[two!]!, text: texts[1] };
    });
    expect(found).toEqual({ swapped: 1 });
  });

  it('outcomes in another order than their commands are swapped', () => {
    const found = planted((run) => {
      const [one, two] = [outcomeOf(run, 'message c1/1'), outcomeOf(run, 'message c1/2')];
      [run.entries[one], run.entries[two]] = [run.entries[two]!, run.entries[one]!];
      renumber(run);
    });
    expect(found).toEqual({ swapped: 1 });
  });

  it('events of a conversation in another order than they were told are swapped', () => {
    const found = planted((run) => {
      const [one, two] = ['said 1/1', 'said 1/2'].map((id) =>
        run.entries.findIndex(({ fact }) => fact.providerMessageId === id),
      );
      [run.entries[one!], run.entries[two!]] = [run.entries[two!]!, run.entries[one!]!];
      renumber(run);
    });
    expect(found).toEqual({ swapped: 1 });
  });

  it('a number on the topic behind a later one is swapped', () => {
    const found = planted((run) => {
      const state = { providerConversationId: 'elsewhere', state: 'closed' };
      const one = entry(run, 'c0', 'provider-conversation.changed', state);
      run.entries.push({ ...one, sequence: one.sequence + 1, factId: 'another' }, one);
    });
    expect(found).toEqual({ swapped: 1 });
  });

  it('a missing number is found', () => {
    const found = planted((run) => {
      const one = entry(run, 'c0', 'session.closed', {});
      run.entries.push({ ...one, sequence: one.sequence + 1 });
    });
    expect(found).toEqual({ misnumbered: 1 });
  });

  it('a number that two facts have is found, whatever became of the second one', () => {
    expect(planted((run) => run.entries.push({ ...run.entries[4]!, factId: 'another' }))).toEqual({ misnumbered: 1 });
  });

  it('a message reported as failed that the provider has taken is found', () => {
    const found = planted((run) => changeFact(run, 'message c0/1', 'message.failed'));
    expect(found).toEqual({ done: 23, skipped: 1, contradicted: 1 });
  });

  it('each of them makes a row unclean', () => {
    const clean = judge(cleanRun());
    for (const name of ['lost', 'repeatedSilent', 'swapped', 'contradicted', 'misnumbered'] as const) {
      expect(isClean({ ...clean, [name]: 1 })).toBe(false);
    }
  });
});

describe('what the design allows is counted and is no violation:', () => {
  it('a message that arrived twice and whose fact says so', () => {
    const found = planted((run) => {
      run.arrivals.push(arrival(run, 'c0/1'));
      changeFact(run, 'message c0/1', 'message.sent', { possiblyRepeated: true });
    });
    expect(found).toEqual({ repeatedMarked: 1 });
  });

  it('a message of which nobody knows whether it arrived, as its fact says', () => {
    const unresolved = (run: Run) => changeFact(run, 'message c0/1', 'message.unresolved');
    expect(planted(unresolved)).toEqual({ done: 23, skipped: 1, unresolved: 1 });
  });

  it('a refused command that did not arrive', () => {
    const found = planted((run) => {
      changeFact(run, 'message c0/1', 'message.failed');
      run.arrivals = run.arrivals.filter(({ text }) => text !== 'c0/1');
    });
    expect(found).toEqual({ done: 23, skipped: 1 });
  });

  it('dead letters, of events and of commands', () => {
    const found = planted((run) => {
      remove(run, outcomeOf(run, 'message c0/1'));
      remove(
        run,
        run.entries.findIndex(({ fact }) => fact.providerMessageId === 'said 2/3'),
      );
      run.deadLetters.push({ messageId: 'message c0/1' }, { eventId: 'event 12' });
    });
    expect(found).toEqual({ done: 22, dead: 2 });
  });

  it('further deliveries of an event: in, and skipped', () => {
    const again = (run: Run) => void (run.events[0] = { ...run.events[0]!, acknowledgements: 3 });
    expect(planted(again)).toEqual({ in: 26, skipped: 2 });
  });

  it('a receipt that was overtaken, and one for a send that nobody here knows', () => {
    const found = planted((run) => {
      run.entries[1] = { ...run.entries[1]!, fact: { ...run.entries[1]!.fact, providerMessageId: 'known' } };
      run.entries.push(entry(run, 'c0', 'message.status-reported', { providerMessageId: 'known', status: 'read' }));
      const receipt = { ...run.events[0]!, status: 'delivered' };
      run.events.push({ ...receipt, id: 'overtaken', messageId: 'known' });
      run.events.push({ ...receipt, id: 'of a lost answer', messageId: 'unknown' });
    });
    expect(found).toEqual({ in: 26, skipped: 2 });
  });

  it('but a receipt that says something new and is not there is lost', () => {
    const found = planted((run) => {
      run.entries[1] = { ...run.entries[1]!, fact: { ...run.entries[1]!.fact, providerMessageId: 'known' } };
      run.events.push({ ...run.events[0]!, id: 'receipt', status: 'delivered', messageId: 'known' });
    });
    expect(found).toEqual({ in: 25, lost: 1 });
  });

  it('any order of events that were told at overlapping times, and no other', () => {
    const swap = (run: Run): void => {
      run.toldInOrder = false;
      const [one, two] = ['said 1/1', 'said 1/2'].map((id) =>
        run.entries.findIndex(({ fact }) => fact.providerMessageId === id),
      );
      [run.entries[one!], run.entries[two!]] = [run.entries[two!]!, run.entries[one!]!];
      renumber(run);
    };
    expect(planted(swap)).toEqual({ swapped: 1 });
    const overlapping = planted((run) => {
      swap(run);
      run.events = run.events.map((event) => ({ ...event, acknowledgedAt: 10_000 }));
    });
    expect(overlapping).toEqual({});
  });
});

describe('what a frozen process sends after waking', () => {
  const PORTS = new Set([41_000]);
  const woken = (over: { at: number; port?: number }) => (run: Run) => {
    run.wakings.push({ at: 50_000, ports: PORTS });
    run.arrivals.push(arrival(run, 'c0/1', { port: 41_000, ...over }));
  };

  it('has a column of its own', () => {
    expect(planted(woken({ at: 50_010 }))).toEqual({ sentAfterWaking: 1 });
  });

  it('is not excused on a connection that it did not have, or later than what it can have begun', () => {
    expect(planted(woken({ at: 50_010, port: 42_000 }))).toEqual({ repeatedSilent: 1 });
    expect(planted(woken({ at: 51_000 }))).toEqual({ repeatedSilent: 1 });
    expect(planted(woken({ at: 49_999 }))).toEqual({ repeatedSilent: 1 });
  });
});
