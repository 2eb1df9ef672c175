import { problemsOf, SessionSnapshot, TimelineEntry, DeadlinePassed } from '@heliograph/contracts';
import { describe, expect, it } from '@jest/globals';
import { changed, HOUR, isoAt, received, sent, START } from '../../../test/fact-builders.ts';
import { foldAll, topicOf } from '../../../test/fold-all.ts';
import { RULES } from '../../../test/fold-rules.ts';
import {
  accepted,
  assignedTo,
  closedByCommand,
  deadlinePassed,
  handedOff,
  held,
  wrappedUp,
} from '../../../test/lifecycle-facts.ts';
import type { Command } from '../commands.ts';
import type { Fact } from '../facts.ts';
import { fold } from '../fold.ts';
import { nextDeadline, passedDeadlines, stageDeadline, type PassedDeadline } from './deadlines.ts';

const MINUTE = 1 / 60;
const { deadlines } = RULES;
const stateAfter = (...facts: Fact[]) => foldAll(facts).state!;
/** Hours from the start. */
const dueAfter = (...facts: Fact[]) => (stageDeadline(stateAfter(...facts), deadlines)! - START) / HOUR;

/** A conversation in virtual time: what has passed is folded in the moment in which it passes. */
class Waiting {
  readonly entries: TimelineEntry[] = [];
  readonly commands: { at: number; command: Command }[] = [];
  private offset = 1_000;

  constructor(public state: SessionSnapshot) {}

  /** Folds the next deadline, at its moment. @returns hours from the start; undefined when nothing is waited for */
  next(): number | undefined {
    const due = nextDeadline(this.state, deadlines);
    if (due === undefined) return undefined;
    for (const { id, data } of passedDeadlines(this.state, deadlines, due)) {
      expect(problemsOf(DeadlinePassed, data)).toEqual([]);
      this.take({ ...deadlinePassed(data), id }, due);
    }
    return (due - START) / HOUR;
  }

  take(fact: Fact, now: number): void {
    const position = { topic: topicOf(fact), offset: String(this.offset++) };
    const folded = fold(this.state, fact, { position, now, rules: RULES });
    if ('skipped' in folded) throw new Error(folded.skipped);
    expect(problemsOf(SessionSnapshot, folded.state)).toEqual([]);
    this.state = folded.state;
    this.entries.push(...folded.entries);
    this.commands.push(...folded.commands.map((command) => ({ at: (now - START) / HOUR, command })));
  }
}

const waitingAfter = (...facts: Fact[]) => new Waiting(stateAfter(...facts));
const actions = ({ entries }: Waiting) =>
  entries.filter(({ kind }) => kind === 'session.stuck').map(({ fact }) => fact.action);

describe('the deadline of a stage', () => {
  it('counts from its beginning where somebody is waited for', () => {
    expect(dueAfter(received('a', 0), changed('q', 'queued', 1), received('b', 5))).toBe(25);
    expect(dueAfter(received('a', 0), assignedTo('agent', 'agent-1', 1))).toBeCloseTo(1 + 2 * MINUTE);
    expect(dueAfter(received('a', 0), handedOff('agent-1', 1), wrappedUp('agent-1', 2))).toBe(3);
  });

  it('counts from the last activity where people talk', () => {
    expect(dueAfter(received('a', 0), sent('m', 5))).toBe(77);
    expect(dueAfter(received('a', 0), handedOff('agent-1', 1), received('b', 9))).toBe(81);
  });

  it('is none when the session is closed', () => {
    expect(nextDeadline(stateAfter(received('a', 0), changed('end', 'closed', 1)), deadlines)).toBeUndefined();
  });

  it('means nothing when the state has moved on', () => {
    const since = stateAfter(received('a', 0), assignedTo('agent', 'agent-1', 1));
    const [{ data }] = passedDeadlines(since, deadlines, START + 2 * HOUR) as [PassedDeadline];
    const moved = foldAll([
      received('a', 0),
      assignedTo('agent', 'agent-1', 1),
      accepted('agent-1', 1.01),
      deadlinePassed(data),
    ]);
    expect(moved.skipped).toEqual(['moved-on']);
    const early = { ...data, at: isoAt(1.01) };
    expect(foldAll([received('a', 0), assignedTo('agent', 'agent-1', 1), deadlinePassed(early)]).skipped).toEqual([
      'moved-on',
    ]);
    expect(foldAll([deadlinePassed(data)]).skipped).toEqual(['moved-on']);
  });
});

describe('a participant left pending (guide 000, section 5, the trap)', () => {
  const pending = [received('a', 0), handedOff('agent-1', 1, { accepted: false })];

  it('is set accepted by command, visibly', () => {
    const waiting = waitingAfter(...pending);
    waiting.next();
    expect(waiting.entries.map(({ kind }) => kind)).toEqual(['session.deadline-passed', 'session.stuck']);
    expect(waiting.entries[1]?.fact).toEqual({ stage: 'alerting', since: isoAt(1), action: 're-assert', tries: 1 });
    expect(waiting.commands).toMatchObject([
      { command: { type: 'participant.accept', data: { agentId: 'agent-1', acceptedAt: isoAt(1 + 2 * MINUTE) } } },
    ]);
    expect(waiting.state).toMatchObject({ stage: 'alerting', stuckSince: isoAt(1 + 2 * MINUTE), stuckTries: 1 });
    waiting.take(accepted('agent-1', 1.05), START + 1.05 * HOUR);
    expect(waiting.state.stage).toBe('with-agent');
    expect(waiting.state.stuckSince).toBeUndefined();
  });

  it('is set accepted a bounded number of times, then the conversation is closed, at last without the provider', () => {
    const waiting = waitingAfter(...pending);
    while (waiting.next() !== undefined);
    expect(actions(waiting)).toEqual([...Array(3).fill('re-assert'), ...Array(5).fill('close'), 'give-up']);
    expect(waiting.state).toMatchObject({ state: 'closed', stage: 'closed', closedProviderConversationId: 'pc-1' });
    expect(waiting.entries.at(-1)).toMatchObject({ kind: 'session.closed', fact: { reason: 'stuck' } });
    expect(new Set(waiting.commands.map(({ command }) => command.id)).size).toBe(8);
  });

  it('has its own time to accept, however many were asked before', () => {
    const waiting = waitingAfter(received('a', 0), assignedTo('agent', 'agent-1', 1));
    waiting.next();
    waiting.next();
    waiting.take(assignedTo('agent', 'agent-2', 1.1), START + 1.1 * HOUR);
    expect(waiting.next()).toBeCloseTo(1.1 + 2 * MINUTE);
    expect(waiting.entries.at(-1)?.fact).toMatchObject({ action: 're-assert', tries: 1 });
    expect(waiting.commands.at(-1)?.command.data).toMatchObject({ agentId: 'agent-2' });
  });

  it('is left out when another agent has it', () => {
    const waiting = waitingAfter(
      received('a', 0),
      handedOff('agent-1', 1),
      handedOff('agent-2', 2, { accepted: false }),
    );
    for (let index = 0; index < 4; index++) waiting.next();
    expect(actions(waiting)).toEqual(['re-assert', 're-assert', 're-assert', 'leave-out']);
    expect(waiting.entries.at(-1)).toMatchObject({
      kind: 'session.stage-changed',
      fact: { from: 'alerting', to: 'with-agent' },
    });
    expect(waiting.state).toMatchObject({ stage: 'with-agent', participants: [{ agentId: 'agent-1' }] });
  });
});

describe('a conversation left queued or active (guide 000, section 5)', () => {
  it.each([
    ['queued', [changed('q', 'queued', 1)]],
    ['with-agent', [handedOff('agent-1', 1)]],
    ['wrap-up', [handedOff('agent-1', 1), wrappedUp('agent-1', 2)]],
    ['opened', []],
  ] as const)('is closed by command, each time waiting twice as long: %s', (stage, facts) => {
    const waiting = waitingAfter(received('a', 0), ...facts);
    const due = waiting.next()!;
    expect(waiting.state.stage).toBe(stage);
    expect(waiting.commands).toMatchObject([
      { command: { type: 'conversation.close', data: { code: 'stuck', expiresAt: isoAt(due + 10 * MINUTE) } } },
    ]);
    while (waiting.next() !== undefined);
    const gaps = waiting.commands.map(({ at }, index, all) => Math.round(((all[index + 1]?.at ?? at) - at) / MINUTE));
    expect(gaps).toEqual([10, 20, 40, 80, 0]);
    expect(waiting.state.state).toBe('closed');
  });

  it('is left alone once the close command has worked', () => {
    const waiting = waitingAfter(received('a', 0), changed('q', 'queued', 1));
    waiting.next();
    waiting.take(closedByCommand(25.1), START + 25.1 * HOUR);
    expect(waiting.state.stage).toBe('closed');
    expect(waiting.next()).toBeUndefined();
  });

  it('is not stuck any more when somebody writes', () => {
    const waiting = waitingAfter(received('a', 0), handedOff('agent-1', 1));
    const due = waiting.next()!;
    waiting.take(received('b', due + MINUTE), START + (due + MINUTE) * HOUR);
    expect(waiting.state.stuckSince).toBeUndefined();
    expect(waiting.next()).toBeCloseTo(due + MINUTE + 72);
    expect(waiting.commands.at(-1)?.command.data).toMatchObject({ expiresAt: isoAt(due + MINUTE + 72 + 10 * MINUTE) });
  });

  it('needs no command where only we wrote and nobody answered: the session is over by itself', () => {
    const waiting = waitingAfter(sent('m', 0));
    expect(waiting.next()).toBe(72);
    expect(waiting.commands).toEqual([]);
    expect(waiting.entries.map(({ kind }) => kind)).toEqual([
      'session.deadline-passed',
      'session.stage-changed',
      'session.closed',
    ]);
    expect(waiting.entries.at(-1)?.fact).toMatchObject({ reason: 'idle' });
  });

  it('is found late, and still gives the provider its time', () => {
    const state = stateAfter(received('a', 0), changed('q', 'queued', 1));
    const waiting = new Waiting(state);
    const late = START + 100 * HOUR;
    const [{ id, data }] = passedDeadlines(state, deadlines, late) as [PassedDeadline];
    waiting.take({ ...deadlinePassed(data), id }, late);
    expect(nextDeadline(waiting.state, deadlines)).toBe(late + (HOUR * 10) / 60);
  });
});

describe('what has passed', () => {
  it('has the same id however often it is found, and another one for the next time', () => {
    const state = stateAfter(received('a', 0), changed('q', 'queued', 1), held('h', 1));
    const ids = (now: number) => passedDeadlines(state, deadlines, START + now * HOUR).map(({ id }) => id);
    expect(ids(30)).toEqual(ids(40));
    expect(ids(24)).toEqual([]);
    expect(ids(60)).toHaveLength(2);
    const waiting = new Waiting(state);
    waiting.next();
    const again = passedDeadlines(waiting.state, deadlines, START + 30 * HOUR).map(({ id }) => id);
    expect(again).toHaveLength(1);
    expect(ids(30)).not.toContain(again[0]);
  });
});
