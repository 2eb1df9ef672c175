import { problemsOf, SendMessage, SessionSnapshot } from '@heliograph/contracts';
import { describe, expect, it } from '@jest/globals';
import { campaignHeld } from '../../../test/campaign-facts.ts';
import { HOUR, isoAt, received, START, uuidOf } from '../../../test/fact-builders.ts';
import { foldAll, type Run } from '../../../test/fold-all.ts';
import { RULES } from '../../../test/fold-rules.ts';
import { deadlinePassed, held } from '../../../test/lifecycle-facts.ts';
import { nextDeadline, passedDeadlines } from '../deadline/deadlines.ts';
import { MAX_HELD } from './held-messages.ts';

const idOf = (name: string) => uuidOf(`message ${name}`);
const quiet = (name: string, hours: number, resumes = hours + 10) =>
  held(name, hours, { cause: 'quiet-hours', resumeAt: isoAt(resumes) });
const heldIn = ({ state }: Run) => (state?.held ?? []).map(({ command }) => command.messageId);
const released = ({ entries }: Run) =>
  entries.filter(({ kind }) => kind === 'message.released').map(({ fact }) => fact);
/** What the sweep finds at an hour, folded behind the facts. */
function at(hours: number, ...facts: Parameters<typeof foldAll>[0]): Run {
  const { state } = foldAll(facts);
  const passed = passedDeadlines(state!, RULES.deadlines, START + hours * HOUR);
  const events = passed.filter(({ data }) => data.deadline === 'hold').map(({ id, data }) => deadlinePassed(data, id));
  return foldAll([...facts, ...events]);
}

describe('a message that waits for the end of quiet hours', () => {
  it('is given again as it was when they are over, in its order', () => {
    const run = at(40.5, quiet('a', 30), quiet('b', 30.5));
    expect(released(run)).toEqual([
      { messageId: idOf('a'), because: 'quiet-hours-over' },
      { messageId: idOf('b'), because: 'quiet-hours-over' },
    ]);
    expect(run.commands.map(({ data }) => 'messageId' in data && data.messageId)).toEqual([idOf('a'), idOf('b')]);
    for (const { data } of run.commands) expect(problemsOf(SendMessage, data)).toEqual([]);
    expect(heldIn(run)).toEqual([]);
  });

  it('is in the state until then, and its moment is the next to look at', () => {
    const { state } = foldAll([quiet('a', 30)]);
    expect(state?.held).toMatchObject([{ until: isoAt(78), resumeAt: isoAt(40) }]);
    expect(problemsOf(SessionSnapshot, state)).toEqual([]);
    expect(nextDeadline(state!, RULES.deadlines)).toBe(START + 40 * HOUR);
    expect(released(at(39.9, quiet('a', 30)))).toEqual([]);
  });

  it('does not wait for the customer, who wakes only what does', () => {
    const run = foldAll([quiet('a', 30), held('b', 30), received('back', 32)]);
    expect(heldIn(run)).toEqual([idOf('a')]);
    expect(heldIn(foldAll([received('meanwhile', 30), quiet('a', 30)]))).toEqual([idOf('a')]);
  });

  it('expires where that comes first', () => {
    const run = at(78, quiet('a', 30, 90));
    expect(released(run)).toEqual([{ messageId: idOf('a'), because: 'expired' }]);
  });

  it('held once more waits for its new moment: what was found of the old one says nothing', () => {
    const again = { ...quiet('a', 31, 60), id: uuidOf('again') };
    const old = deadlinePassed({ deadline: 'hold', messageId: idOf('a'), at: isoAt(40) });
    const run = foldAll([quiet('a', 30), again, old]);
    expect([heldIn(run), run.skipped]).toEqual([[idOf('a')], ['moved-on']]);
  });

  it('makes room by expiring, so that it is not held over and over', () => {
    const run = foldAll(Array.from({ length: MAX_HELD + 1 }, (_, index) => quiet(`m${index}`, 30)));
    expect(released(run)).toEqual([{ messageId: idOf('m0'), because: 'too-many' }]);
    expect(run.commands[0]?.data).toMatchObject({ messageId: idOf('m0'), expiresAt: isoAt(30) });
  });
});

describe('a message of a campaign that is held', () => {
  it.each([
    ['because the campaign is', {}],
    ['for quiet hours', { cause: 'quiet-hours' as const, resumeAt: isoAt(40) }],
  ])('%s is not kept here: whoever runs the campaign gives it again', (_, data) => {
    const run = at(90, campaignHeld('a', 30, data), received('back', 31));
    expect([heldIn(run), run.commands]).toEqual([[], []]);
    expect(run.entries.find(({ kind }) => kind === 'message.held')).toMatchObject({ campaign: { status: 'queued' } });
    expect(run.state?.messages).toMatchObject([{ messageId: idOf('a'), status: 'queued' }]);
  });
});
