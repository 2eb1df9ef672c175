import { ERASED, problemsOf, SessionSnapshot, TimelineEntry } from '@heliograph/contracts';
import { describe, expect, it } from '@jest/globals';
import {
  assigned,
  changed,
  consentReported,
  failed,
  isoAt,
  parties,
  receipt,
  received,
  sent,
  uuidOf,
} from '../../../test/fact-builders.ts';
import { contextOf, foldAll } from '../../../test/fold-all.ts';
import { accepted, commandFailed, deadlinePassed, erased, held } from '../../../test/lifecycle-facts.ts';
import { CONTACT_OPTED_OUT } from '../consent/provider-said.ts';
import type { Fact } from '../facts.ts';
import { fold } from '../fold.ts';

const MARK = 'my secret is 4711';
const said = { content: { type: 'text', text: MARK } } as const;
const talk = [received('a', 1, said), assigned('b', 1), sent('m', 2, said), held('h', 2), receipt('x', 'read', 3)];
/** Facts that the address is taken from where it is not known. */
const KIND = 'of-an-erased-contact';

describe('a contact who is erased', () => {
  it('leaves the numbers of the conversation, the ids of its facts, and nothing else', () => {
    const before = foldAll(talk).state!;
    const { state, entries, commands } = foldAll([...talk, erased(4)]);
    const { contact: _, ...rest } = parties;
    expect(state).toEqual({
      ...rest,
      contact: ERASED,
      sequence: before.sequence + 1,
      session: 1,
      state: 'closed',
      stage: 'closed',
      erasedAt: isoAt(4),
      erasedThrough: before.sequence + 1,
      messages: [],
      earlyReceipts: [],
      applied: { ...before.applied, 'conversation.erasure.v1': String(talk.length) },
      recentFacts: [...before.recentFacts, expect.any(String)],
    });
    expect(problemsOf(SessionSnapshot, state)).toEqual([]);
    const last = entries.at(-1)!;
    expect(last).toMatchObject({ kind: 'contact.erased', contact: ERASED, session: 1, sequence: state!.sequence });
    expect(last.fact).toEqual({ erasureId: uuidOf('erasure asked'), at: isoAt(4) });
    expect(problemsOf(TimelineEntry, last)).toEqual([]);
    expect(JSON.stringify([state, last])).not.toMatch(new RegExp(`${parties.contact}|${MARK}`));
    // The held message is not given again.
    expect(commands).toEqual([]);
  });

  it('has no session archived, and names those of which nothing is to be left', () => {
    const two = foldAll([...talk, changed('end', 'closed', 3), received('c', 4)]).state;
    const folded = fold(two, erased(5), contextOf(erased(5), 99));
    expect(folded).toMatchObject({ erases: 2 });
    expect(folded).not.toHaveProperty('archives');
  });

  it('of whom nothing is known gives nothing; asked for twice it is done once', () => {
    expect(foldAll([erased(1)])).toMatchObject({ state: undefined, entries: [], skipped: ['nothing-known'] });
    expect(foldAll([...talk, erased(4), erased(4)]).skipped).toEqual(['repeated-fact']);
    expect(foldAll([...talk, erased(4), erased(3, 'other')]).skipped).toEqual(['erased-already']);
  });

  it('who was only heard of leaves no entry', () => {
    const run = foldAll([receipt('x', 'read', 1), erased(4)]);
    expect(run).toMatchObject({ entries: [], state: { contact: ERASED, sequence: 0, earlyReceipts: [] } });
  });
});

describe('what comes after an erasure and tells of before', () => {
  it.each<[string, Fact]>([
    ['a message that was written before', received('late', 3, said)],
    ['a send that ended after it, of a command from before', sent('late', 5, { ...said, acceptedAt: isoAt(3) })],
    ['a failure of a command from before', failed('late', 5, { acceptedAt: isoAt(4) })],
    ['a message held that was accepted before', held('late', 3)],
    ['a receipt', receipt('m', 'read', 5)],
    ['an agent in what the provider has', assigned('late', 5)],
    ['an agent who accepts', accepted('agent-1', 5)],
    ['the end of what the provider has', changed('late', 'closed', 5)],
    ['a command that failed', commandFailed(5)],
    ['a deadline', deadlinePassed({ deadline: 'stage', stage: 'queued', at: isoAt(5) })],
  ])('changes nothing: %s', (_, fact) => {
    const before = foldAll([...talk, erased(4)]);
    const after = foldAll([...talk, erased(4), fact]);
    expect(after).toEqual({ ...before, skipped: [KIND] });
  });

  it.each<[string, Fact]>([
    ['a STOP', received('stop', 3, { content: { type: 'text', text: 'STOP' } })],
    ['an opt-out that the provider tells of', consentReported('stop', 5)],
    ['a refusal that means opted out', failed('stop', 3, { code: CONTACT_OPTED_OUT })],
  ])('still says no: %s', (_, fact) => {
    const before = foldAll([...talk, erased(4)]);
    const after = foldAll([...talk, erased(4), fact]);
    expect(after.commands).toMatchObject([{ type: 'consent.change', data: { change: 'opt-out' } }]);
    expect(after.entries).toEqual(before.entries);
    expect(after.state).toMatchObject({ contact: ERASED, sequence: before.state!.sequence, messages: [] });
  });
});

describe('a contact who writes again after an erasure', () => {
  const again = [...talk, erased(4), received('again', 5)];

  it('starts a new session with the next number, under the address that is told then', () => {
    const { state, entries } = foldAll(again);
    const known = foldAll(talk).state!.sequence;
    expect(entries.slice(-2)).toMatchObject([
      { kind: 'session.opened', sequence: known + 2, session: 2, fact: { reason: 'after-closing' } },
      { kind: 'message.received', sequence: known + 3, contact: parties.contact },
    ]);
    expect(state).toMatchObject({ contact: parties.contact, state: 'open', erasedThrough: known + 1 });
  });

  it('is not called otherwise by an event that carries only a name of the conversation that was erased', () => {
    const end = changed('end', 'closed', 6);
    const nameless = { ...end, data: { ...end.data, contact: ERASED } } as Fact;
    const { state, entries } = foldAll([...again, nameless]);
    expect(state).toMatchObject({ contact: parties.contact, state: 'closed' });
    expect(entries.at(-1)).toMatchObject({ kind: 'session.closed', contact: parties.contact });
  });

  it('has what they were sent in it told as always, and is erased again', () => {
    const more = [sent('n', 6, { acceptedAt: isoAt(6) }), receipt('n', 'read', 7)];
    const { state } = foldAll([...again, ...more]);
    expect(state?.messages).toMatchObject([{ messageId: uuidOf('message n'), status: 'read' }]);
    expect(foldAll([...again, ...more, erased(8, 'again')]).state).toMatchObject({
      contact: ERASED,
      session: 2,
      erasedAt: isoAt(8),
      messages: [],
    });
  });
});
