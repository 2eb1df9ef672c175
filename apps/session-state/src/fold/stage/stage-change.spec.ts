import type { TimelineEntry } from '@heliograph/contracts';
import { describe, expect, it } from '@jest/globals';
import { changed, isoAt, received, sent } from '../../../test/fact-builders.ts';
import { contextOf, foldAll } from '../../../test/fold-all.ts';
import { accepted, assignedTo, closedByCommand, handedOff, wrappedUp } from '../../../test/lifecycle-facts.ts';
import { fold } from '../fold.ts';

type Facts = Parameters<typeof foldAll>[0];

const stages = (entries: readonly TimelineEntry[]) =>
  entries
    .filter(({ kind }) => kind === 'session.stage-changed')
    .map(({ fact }) => `${String(fact.from)} → ${String(fact.to)}`);
const changes = (...facts: Facts) => stages(foldAll(facts).entries);
const stateAfter = (...facts: Facts) => foldAll(facts).state;

/** What the last fact did to the stage, as the metric counts it. */
function ignoredBy(...facts: [...Facts]) {
  const last = facts.at(-1)!;
  const folded = fold(stateAfter(...facts.slice(0, -1)), last, contextOf(last, 99));
  return 'ignored' in folded ? folded.ignored : undefined;
}

describe('the stage of a session (guide 000, section 5)', () => {
  it('goes from opening to closing, every change an entry of the timeline', () => {
    const run = foldAll([
      received('a', 0),
      changed('q', 'queued', 1),
      assignedTo('queue', 'q-1', 1),
      assignedTo('agent', 'agent-7', 2),
      changed('go', 'active', 2),
      sent('m', 3),
      wrappedUp('agent-7', 4),
      changed('end', 'closed', 5),
    ]);
    expect(stages(run.entries)).toEqual([
      'opened → queued',
      'queued → alerting',
      'alerting → with-agent',
      'with-agent → wrap-up',
      'wrap-up → closed',
    ]);
    expect(run.entries.slice(-3).map(({ kind }) => kind)).toEqual([
      'provider-conversation.changed',
      'session.stage-changed',
      'session.closed',
    ]);
    expect(run.state).toMatchObject({ stage: 'closed', stageSince: isoAt(5), lastAgentId: 'agent-7' });
  });

  it('begins with opened, without a change', () => {
    expect(changes(received('a', 0))).toEqual([]);
    expect(stateAfter(received('a', 0))).toMatchObject({ stage: 'opened', stageSince: isoAt(0) });
  });

  it('is alerting until the agent whom we added has accepted', () => {
    const pending = [received('a', 0), handedOff('agent-1', 1, { accepted: false })];
    expect(stateAfter(...pending)).toMatchObject({
      stage: 'alerting',
      participants: [{ agentId: 'agent-1', state: 'pending', at: isoAt(1) }],
      assigneeKind: 'agent',
      assigneeId: 'agent-1',
    });
    expect(stateAfter(...pending)?.lastAgentId).toBeUndefined();
    expect(stateAfter(...pending, accepted('agent-1', 2))).toMatchObject({
      stage: 'with-agent',
      participants: [{ agentId: 'agent-1', state: 'accepted', at: isoAt(2) }],
      lastAgentId: 'agent-1',
    });
  });

  it('is with an agent at once when we add them as accepted, whatever the provider says of it afterwards', () => {
    expect(changes(received('a', 0), handedOff('agent-1', 1), assignedTo('agent', 'agent-1', 1.01))).toEqual([
      'opened → with-agent',
    ]);
  });

  it('stays alerting while another agent has still to accept', () => {
    const two = [
      received('a', 0),
      handedOff('agent-1', 1, { accepted: false }),
      handedOff('agent-2', 2, { accepted: false }),
    ];
    expect(stateAfter(...two, accepted('agent-1', 3))?.stage).toBe('alerting');
    expect(stateAfter(...two, accepted('agent-1', 3), accepted('agent-2', 4))?.stage).toBe('with-agent');
  });

  it('forgets an agent who did not accept when the conversation goes to somebody else', () => {
    const ringing = [received('a', 0), assignedTo('agent', 'agent-1', 1)];
    expect(stateAfter(...ringing, assignedTo('queue', 'q', 2))).toMatchObject({ stage: 'queued', participants: [] });
    expect(stateAfter(...ringing, assignedTo('agent', 'agent-2', 2))).toMatchObject({
      stage: 'alerting',
      participants: [{ agentId: 'agent-2', state: 'pending' }],
    });
  });

  it('is wrap-up when every agent has wrapped up, and not before', () => {
    const two = [received('a', 0), handedOff('agent-1', 1), handedOff('agent-2', 2)];
    expect(stateAfter(...two, wrappedUp('agent-1', 3))?.stage).toBe('with-agent');
    expect(stateAfter(...two, wrappedUp('agent-1', 3), wrappedUp('agent-2', 4))?.stage).toBe('wrap-up');
  });

  it('is closed by command with the agents who were wrapped up for it', () => {
    expect(
      stateAfter(received('a', 0), handedOff('agent-1', 1), closedByCommand(2, { wrappedUp: ['agent-1'] })),
    ).toMatchObject({
      stage: 'closed',
      state: 'closed',
      participants: [{ agentId: 'agent-1', state: 'wrapped-up' }],
      lastAgentId: 'agent-1',
    });
  });
});

describe('a session that goes on after a wrap-up (guide 003, key behaviors)', () => {
  const first = [received('a', 0), handedOff('agent-1', 1), wrappedUp('agent-1', 2), received('b', 3)];

  it('is opened again by the customer, and each portion is wrapped up', () => {
    expect(changes(...first, handedOff('agent-1', 4), wrappedUp('agent-1', 5))).toEqual([
      'opened → with-agent',
      'with-agent → wrap-up',
      'wrap-up → opened',
      'opened → with-agent',
      'with-agent → wrap-up',
    ]);
    expect(stateAfter(...first)?.session).toBe(1);
  });

  it('takes no word about the portion before for one about the present', () => {
    const late = accepted('agent-1', 1.5);
    expect(stateAfter(...first, late)?.stage).toBe('opened');
    expect(ignoredBy(...first, late)).toEqual({ stage: 'opened', event: 'participant.accepted', reason: 'late' });
  });

  it('remembers who handled it last, also in the next session', () => {
    const next = [...first, changed('end', 'closed', 4), received('c', 5)];
    expect(stateAfter(...next)).toMatchObject({ session: 2, stage: 'opened', lastAgentId: 'agent-1' });
    expect(stateAfter(...next)?.participants).toBeUndefined();
  });
});

describe('an event that is impossible or late', () => {
  it.each([
    ['queued, told after the agent was', [changed('q', 'queued', 1)], 'late'],
    ['an assignment, told after the next one', [assignedTo('queue', 'q', 1)], 'late'],
  ] as const)('changes nothing and is counted: %s', (_, [late], reason) => {
    const facts = [received('a', 0), assignedTo('agent', 'agent-1', 2), late];
    expect(stateAfter(...facts)).toMatchObject({ stage: 'alerting', assigneeId: 'agent-1' });
    expect(ignoredBy(...facts)).toMatchObject({ stage: 'alerting', reason });
  });

  it('has its entry on the timeline all the same', () => {
    const run = foldAll([received('a', 0), assignedTo('agent', 'agent-1', 2), changed('q', 'queued', 1)]);
    expect(run.entries.at(-1)).toMatchObject({ kind: 'provider-conversation.changed', fact: { state: 'queued' } });
  });

  it('changes nothing and is counted: a wrap-up without an agent, an active one after the wrap-up', () => {
    expect(ignoredBy(received('a', 0), wrappedUp('agent-1', 1))).toEqual({
      stage: 'opened',
      event: 'wrapped-up',
      reason: 'impossible',
    });
    expect(stateAfter(received('a', 0), wrappedUp('agent-1', 1))?.participants).toBeUndefined();
    const wrapped = [received('a', 0), handedOff('agent-1', 1), wrappedUp('agent-1', 2)];
    expect(ignoredBy(...wrapped, changed('on', 'active', 3))).toMatchObject({ stage: 'wrap-up', reason: 'impossible' });
  });

  it('changes nothing and is counted: a word about the provider conversation that closed before', () => {
    const next = [received('a', 0), changed('end', 'closed', 1), received('b', 2, { providerConversationId: 'pc-2' })];
    for (const late of [assignedTo('agent', 'agent-1', 3), handedOff('agent-1', 3), wrappedUp('agent-1', 3)]) {
      expect(stateAfter(...next, late)).toMatchObject({ stage: 'opened', session: 2, providerConversationId: 'pc-2' });
      expect(stateAfter(...next, late)?.participants).toBeUndefined();
      expect(ignoredBy(...next, late)).toEqual({ stage: 'opened', event: late.type, reason: 'late' });
    }
  });

  it('changes nothing and is counted: anything in a session that is closed', () => {
    const closed = [received('a', 0), changed('end', 'closed', 1)];
    expect(ignoredBy(...closed, assignedTo('agent', 'agent-1', 2))).toMatchObject({ stage: 'closed' });
    expect(stateAfter(...closed, assignedTo('agent', 'agent-1', 2))).toMatchObject({ stage: 'closed', session: 1 });
  });
});

describe('who the customer is (guide 003, authentication indicator)', () => {
  it('is what the channel said last, and not carried into the next session', () => {
    const known = received('a', 0, { authenticated: true });
    expect(stateAfter(known, received('b', 1))?.customerAuthenticated).toBe(true);
    expect(stateAfter(known, received('b', 1, { authenticated: false }))?.customerAuthenticated).toBe(false);
    expect(stateAfter(received('b', 1, { authenticated: false }), known)?.customerAuthenticated).toBe(false);
    expect(stateAfter(known, changed('end', 'closed', 1), received('b', 2))?.customerAuthenticated).toBeUndefined();
  });
});
