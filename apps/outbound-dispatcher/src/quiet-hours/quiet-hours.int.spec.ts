import { EVENTS, problemsOf, type SendMessage } from '@heliograph/contracts';
import { waitFor } from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DispatcherBench, next, smsCommand } from '../../test/dispatcher-bench.ts';

/** Zones with fixed offsets: quiet in the one means noon in the other. */
const [NOW_QUIET, NOW_ALLOWED] = zones();
function zones(): [string, string] {
  const hour = new Date().getUTCHours();
  // Etc/GMT-2 is two hours ahead. Noon and midnight there, within half an hour.
  const ahead = (local: number) => {
    const offset = ((local - hour + 36) % 24) - 12;
    return `Etc/GMT${offset < 0 ? '+' : '-'}${Math.abs(offset)}`;
  };
  return [ahead(0), ahead(12)];
}

let bench: DispatcherBench;
beforeAll(async () => {
  const rules = [{ classes: ['campaign'], channels: ['sms'], allowed: [{ from: '09:00', to: '16:00' }] }];
  bench = await DispatcherBench.open({ quietHours: { timeZone: 'UTC', rules } });
}, 60_000);
afterAll(() => bench.close());

const quiet = (over: Partial<SendMessage> = {}) =>
  smsCommand(bench.nextAccount().account, { class: 'campaign', timeZone: NOW_QUIET, ...over });
const ends = async (command: SendMessage) => {
  await bench.publish(command);
  return bench.outcome(command);
};

describe('a message in its contact’s quiet hours', () => {
  it('leaves the order of its conversation, with the moment at which they are over; the next one goes', async () => {
    const { account, at } = bench.nextAccount();
    const held = smsCommand(account, { class: 'campaign', timeZone: NOW_QUIET });
    const after = next(held, { class: 'transactional' });
    await bench.publish(held, after);
    expect((await bench.outcome(after)).type).toBe('message.sent');
    const fact = await bench.outcome(held);
    expect(problemsOf(EVENTS.messageHeld.data!, bench.factsOf(held)[0]!.data)).toEqual([]);
    expect(fact).toMatchObject({ type: 'message.held', cause: 'quiet-hours', command: { messageId: held.messageId } });
    const opens = Date.parse(fact.resumeAt as string);
    expect(opens).toBeGreaterThan(Date.now());
    expect(new Date(opens).getUTCMinutes()).toBe(0);
    // Its time begins when it may be sent.
    expect(Date.parse(fact.until as string)).toBeGreaterThan(opens);
    expect(at.messages).toHaveLength(1);
  }, 60_000);

  it('given again is sent when they are over', async () => {
    const held = quiet();
    expect((await ends(held)).type).toBe('message.held');
    await bench.publish({ ...held, timeZone: NOW_ALLOWED });
    const types = () => bench.factsOf(held).map(({ type }) => type);
    await waitFor(() => types().length > 1, { description: 'it has an end' });
    expect(types()).toEqual(['message.held', 'message.sent']);
  }, 60_000);

  it('has expired when it has, and is suppressed when its contact has said no', async () => {
    const expiresAt = new Date(Date.now() - 1_000).toISOString();
    expect(await ends(quiet({ expiresAt }))).toMatchObject({ type: 'message.failed', code: 'expired' });
    const stopped = quiet();
    await bench.contactStops(stopped);
    expect((await ends(stopped)).type).toBe('message.suppressed');
  }, 60_000);

  it('is sent when it is the answer to a keyword', async () => {
    expect((await ends(quiet({ consentReply: 'help' }))).type).toBe('message.sent');
  }, 60_000);
});
