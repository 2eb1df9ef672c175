import { describe, expect, it } from '@jest/globals';
import { assigned, changed, isoAt, received, sent } from '../../test/fact-builders.ts';
import { contextOf, foldAll } from '../../test/fold-all.ts';
import { accepted, closedByCommand, commandFailed, wrappedUp } from '../../test/lifecycle-facts.ts';
import type { Fact } from './facts.ts';
import { fold } from './fold.ts';

const kinds = (facts: Parameters<typeof foldAll>[0]): string[] => foldAll(facts).entries.map((entry) => entry.kind);

describe('the life of sessions', () => {
  it('opens the first session before the first fact', () => {
    expect(kinds([received('a', 0)])).toEqual(['session.opened', 'message.received']);
  });

  it('goes on in the same session within the grouping time', () => {
    expect(kinds([received('a', 0), received('b', 72)]).slice(2)).toEqual(['message.received']);
  });

  it('opens a new session when the grouping time has passed, and keeps the provider conversation', () => {
    const run = foldAll([received('a', 0), received('b', 72.01, { providerConversationId: undefined })]);
    expect(run.entries.map((entry) => [entry.session, entry.kind])).toEqual([
      [1, 'session.opened'],
      [1, 'message.received'],
      [2, 'session.opened'],
      [2, 'message.received'],
    ]);
    expect(run.entries[2]?.fact).toEqual({ reason: 'grouping-time-passed' });
    expect(run.state).toMatchObject({ session: 2, openedAt: isoAt(72.01), providerConversationId: 'pc-1' });
  });

  it('counts the grouping time from the latest fact, also when an older one came after it', () => {
    expect(kinds([received('a', 10), received('late', 0), received('b', 80)]).slice(2)).toEqual([
      'message.received',
      'message.received',
    ]);
  });

  it('closes with the provider conversation, and the next message opens a new session without its assignment', () => {
    const run = foldAll([received('a', 0), assigned('q', 1), changed('end', 'closed', 2)]);
    expect(run.entries.slice(-3).map((entry) => entry.kind)).toEqual([
      'provider-conversation.changed',
      'session.stage-changed',
      'session.closed',
    ]);
    expect(run.state).toMatchObject({ state: 'closed', closedAt: isoAt(2), closedProviderConversationId: 'pc-1' });
    expect(run.state?.providerConversationId).toBeUndefined();

    const next = foldAll([received('a', 0), assigned('q', 1), changed('end', 'closed', 2), received('b', 3)]);
    expect(next.entries.at(-2)).toMatchObject({
      kind: 'session.opened',
      session: 2,
      fact: { reason: 'after-closing' },
    });
    expect(next.state).toMatchObject({ state: 'open', session: 2 });
    expect(next.state?.assigneeId).toBeUndefined();
    expect(next.state?.closedAt).toBeUndefined();
  });

  it('never takes a closed provider conversation up again', () => {
    const run = foldAll([received('a', 0), changed('end', 'closed', 1), received('late', 2)]);
    expect(run.state?.providerConversationId).toBeUndefined();
  });

  it('stays open when another provider conversation closes', () => {
    const run = foldAll([received('a', 0), changed('other', 'closed', 1, 'pc-0')]);
    expect(run.state).toMatchObject({ state: 'open', providerConversationId: 'pc-1' });
    expect(run.entries.at(-1)?.kind).toBe('provider-conversation.changed');
  });

  it('is not reopened by late words about the closed provider conversation', () => {
    const run = foldAll([
      received('a', 0),
      changed('end', 'closed', 2),
      changed('late', 'active', 1),
      assigned('late', 1),
      sent('race', 2),
      changed('end again', 'closed', 3),
    ]);
    expect(run.state).toMatchObject({ state: 'closed', session: 1 });
    expect(run.entries.map((entry) => entry.kind).filter((kind) => kind.startsWith('session.'))).toEqual([
      'session.opened',
      'session.stage-changed',
      'session.closed',
    ]);
  });

  it('closes by command, also when the provider never says so', () => {
    const run = foldAll([received('a', 0), closedByCommand(1), changed('late', 'closed', 2), commandFailed(3)]);
    expect(run.state).toMatchObject({ state: 'closed', session: 1, closedProviderConversationId: 'pc-1' });
    expect(run.entries.map((entry) => entry.kind).slice(2)).toEqual([
      'conversation.closed',
      'session.stage-changed',
      'session.closed',
      'provider-conversation.changed',
      'command.failed',
    ]);
  });

  it('is not reopened by how a command ended, nor by an agent who accepts or wraps up too late', () => {
    const aftermath = [accepted('agent-7', 3), wrappedUp('agent-7', 4), commandFailed(5)].map((fact) => {
      const data = { ...fact.data, providerConversationId: undefined };
      return { ...fact, data } as typeof fact;
    });
    expect(foldAll([received('a', 0), changed('end', 'closed', 2), ...aftermath]).state).toMatchObject({
      state: 'closed',
      session: 1,
    });
    expect(foldAll([commandFailed(1)]).state).toMatchObject({ state: 'open', session: 1 });
  });

  it('says which session is over, from its first entry on, also of one that its grouping time has ended', () => {
    const ended = (facts: Parameters<typeof foldAll>[0], last: Fact) => {
      const { state } = foldAll(facts);
      const folded = fold(state, last, contextOf(last, 9));
      return 'archives' in folded ? folded.archives : undefined;
    };
    const closing = changed('end', 'closed', 2);
    expect(ended([received('a', 0)], closing)).toEqual({
      session: 1,
      openedAt: isoAt(0),
      closedAt: isoAt(2),
      firstSequence: 1,
    });
    expect(ended([received('a', 0)], received('b', 80))).toMatchObject({ session: 1, closedAt: isoAt(0) });
    expect(
      ended([received('a', 0), closing, received('b', 3)], closedByCommand(4, { providerConversationId: 'pc-2' })),
    ).toMatchObject({ session: 2, openedAt: isoAt(3), closedAt: isoAt(4), firstSequence: 6 });
    expect(ended([received('a', 0), closing], received('b', 3))).toBeUndefined();
  });

  it('records the assignment', () => {
    expect(foldAll([received('a', 0), assigned('q', 1)]).state).toMatchObject({
      assigneeKind: 'agent',
      assigneeId: 'agent-7',
    });
  });
});
