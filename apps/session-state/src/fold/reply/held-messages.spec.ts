import { problemsOf, SendMessage, SessionSnapshot } from '@heliograph/contracts';
import { describe, expect, it } from '@jest/globals';
import { HOUR, isoAt, received, START, uuidOf } from '../../../test/fact-builders.ts';
import { contextOf, foldAll } from '../../../test/fold-all.ts';
import { RULES } from '../../../test/fold-rules.ts';
import { deadlinePassed, held, sendCommand } from '../../../test/lifecycle-facts.ts';
import { nextDeadline } from '../deadline/deadlines.ts';
import { fold } from '../fold.ts';
import { MAX_HELD, MAX_HELD_BYTES } from './held-messages.ts';

const idOf = (name: string) => uuidOf(`message ${name}`);
const heldIn = (state: SessionSnapshot | undefined) => (state?.held ?? []).map(({ command }) => command.messageId);
const released = ({ entries }: ReturnType<typeof foldAll>) =>
  entries.filter(({ kind }) => kind === 'message.released').map(({ fact }) => fact);

describe('a message that waits for the customer (guide 003, 24-hour window)', () => {
  it('is given again in its order when the customer writes, as it was', () => {
    const run = foldAll([held('a', 30), held('b', 31), received('back', 32)]);
    expect(released(run)).toEqual([
      { messageId: idOf('a'), because: 'customer-wrote' },
      { messageId: idOf('b'), because: 'customer-wrote' },
    ]);
    expect(run.commands.map(({ type, data }) => [type, 'messageId' in data && data.messageId])).toEqual([
      ['message.send', idOf('a')],
      ['message.send', idOf('b')],
    ]);
    expect(run.commands[0]?.data).toMatchObject({ content: { text: 'It leaves today.' }, ifWindowClosed: 'hold' });
    for (const { data } of run.commands) expect(problemsOf(SendMessage, data)).toEqual([]);
    expect(run.state?.held).toBeUndefined();
  });

  it('is in the state, on the timeline and still queued meanwhile', () => {
    const run = foldAll([held('a', 30)]);
    expect(run.state).toMatchObject({
      held: [{ command: { messageId: idOf('a') }, until: isoAt(78) }],
      messages: [{ messageId: idOf('a'), status: 'queued' }],
    });
    expect(problemsOf(SessionSnapshot, run.state)).toEqual([]);
    expect(run.entries.at(-1)).toMatchObject({ kind: 'message.held', fact: { messageId: idOf('a') } });
  });

  it('is given again when it expires, so that its failure is told', () => {
    const state = foldAll([held('a', 30), held('b', 40)]).state!;
    expect(nextDeadline(state, RULES.deadlines)).toBe(START + 78 * HOUR);
    const passed = deadlinePassed({ deadline: 'hold', messageId: idOf('a'), at: isoAt(78) });
    const run = foldAll([held('a', 30), held('b', 40), passed]);
    expect(released(run)).toEqual([{ messageId: idOf('a'), because: 'expired' }]);
    expect(run.commands).toHaveLength(1);
    expect(heldIn(run.state)).toEqual([idOf('b')]);
    expect(foldAll([held('a', 30), received('back', 32), passed]).skipped).toEqual(['moved-on']);
  });

  it('is held once, however often it is', () => {
    const again = held('a', 31);
    expect(heldIn(foldAll([held('a', 30), { ...again, id: uuidOf('other') }]).state)).toEqual([idOf('a')]);
  });

  it('is given again at once when the customer wrote while it was being held', () => {
    const run = foldAll([received('meanwhile', 30), held('a', 30)]);
    expect(released(run)).toEqual([{ messageId: idOf('a'), because: 'customer-wrote' }]);
    expect(heldIn(foldAll([received('long ago', 5), held('a', 30)]).state)).toEqual([idOf('a')]);
  });

  it('outlives the session', () => {
    const run = foldAll([held('a', 0), received('days later', 100)]);
    expect(run.state?.session).toBe(2);
    expect(run.commands).toHaveLength(1);
  });
});

describe('the bounds of what is held', () => {
  it('are kept by letting the oldest fail: given again as what may not wait', () => {
    const many = Array.from({ length: MAX_HELD + 2 }, (_, index) => held(`m${index}`, 30));
    const run = foldAll(many);
    expect(run.state?.held).toHaveLength(MAX_HELD);
    expect(released(run)).toEqual([
      { messageId: idOf('m0'), because: 'too-many' },
      { messageId: idOf('m1'), because: 'too-many' },
    ]);
    expect(run.commands.map(({ data }) => 'ifWindowClosed' in data && data.ifWindowClosed)).toEqual([
      'refuse',
      'refuse',
    ]);
    expect(problemsOf(SessionSnapshot, run.state)).toEqual([]);
  });

  it('count bytes as well', () => {
    const text = 'ü'.repeat(4_000);
    const command = (name: string) => ({ command: { ...sendCommand(name, text), ifWindowClosed: 'hold' as const } });
    const run = foldAll(Array.from({ length: 40 }, (_, index) => held(`m${index}`, 30, command(`m${index}`))));
    expect(JSON.stringify(run.state?.held).length).toBeLessThan(MAX_HELD_BYTES);
    expect(Buffer.byteLength(JSON.stringify(run.state?.held))).toBeLessThanOrEqual(MAX_HELD_BYTES + 100);
    expect(run.commands.length + run.state!.held!.length).toBe(40);
  });

  it('derive the same commands when the fact is folded again', () => {
    const state = foldAll([held('a', 30), held('b', 31)]).state;
    const again = () => fold(state, received('back', 32), contextOf(received('back', 32), 9));
    expect(again()).toEqual(again());
  });
});
