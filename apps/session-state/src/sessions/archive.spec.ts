import { ConversationArchived, problemsOf } from '@heliograph/contracts';
import { describe, expect, it } from '@jest/globals';
import { changed, received } from '../../test/fact-builders.ts';
import { foldAll } from '../../test/fold-all.ts';
import { endedSession } from '../fold/session-life.ts';
import { archiveId, archiveOf } from './archive.ts';

const run = foldAll([received('a', 0), received('b', 1), changed('end', 'closed', 2)]);
const state = run.state!;
const kept = run.entries.map(({ sequence, session, kind, factId, at, fact }) => ({
  sequence,
  session,
  kind,
  factId,
  at,
  fact,
}));
const ended = endedSession(state);
const oneEntry = JSON.stringify(run.entries.at(-1)).length;

describe('the archive of a session (guide 000, section 5)', () => {
  it('has every entry from the opening to the closing one, as it is on the timeline', () => {
    const archive = archiveOf(state, ended, kept);
    expect(archive.entries).toEqual(JSON.parse(JSON.stringify(run.entries)));
    expect(archive).toMatchObject({ session: 1, openedAt: state.openedAt, closedAt: state.closedAt, omitted: 0 });
    expect(problemsOf(ConversationArchived, JSON.parse(JSON.stringify(archive)))).toEqual([]);
  });

  it('leaves out the oldest entries where one record cannot hold them all, and counts them', () => {
    const archive = archiveOf(state, ended, kept, 2.5 * oneEntry);
    expect(archive.entries.map(({ kind }) => kind)).toEqual(['session.stage-changed', 'session.closed']);
    expect(archive.omitted).toBe(run.entries.length - 2);
  });

  it('counts entries that were not even kept', () => {
    expect(archiveOf(state, ended, kept.slice(2))).toMatchObject({ omitted: 2 });
  });

  it('has one id per conversation and session', () => {
    expect(archiveId('c', 1)).toBe(archiveId('c', 1));
    expect(archiveId('c', 1)).not.toBe(archiveId('c', 2));
  });
});
