import { EVENTS, problemsOf, type SendMessage } from '@heliograph/contracts';
import { waitFor } from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DispatcherBench, smsCommand } from '../../test/dispatcher-bench.ts';
import { StopFreshness } from './stop-freshness.ts';

let bench: DispatcherBench;
beforeAll(async () => (bench = await DispatcherBench.open()), 60_000);
afterAll(() => bench.close());

/** A message of a campaign, the partition of whose conversation is behind, and who has waited for it already. */
async function waiting() {
  const { account, at } = bench.nextAccount();
  const campaign = smsCommand(account, { class: 'campaign' });
  await bench.stopsAre(campaign, 'behind');
  await bench.publish(campaign);
  const inThatPartition = () => {
    const other = smsCommand(account);
    return bench.partitionOf(other) === bench.partitionOf(campaign) ? other : undefined;
  };
  const transactional = await waitFor(inThatPartition, { description: 'another contact of that partition' });
  await bench.publish(transactional);
  return { at, campaign, transactional };
}
const typeOf = async (command: SendMessage) => (await bench.outcome(command)).type;

describe('while what customers write is more than a second behind', () => {
  it('messages of campaigns wait without a request, transactional ones of the same partition go', async () => {
    const { at, campaign, transactional } = await waiting();
    expect(await typeOf(transactional)).toBe('message.sent');
    expect(at.messages).toHaveLength(1);
    expect(bench.factsOf(campaign)).toEqual([]);
    await bench.stopsAre(campaign, 'current');
    expect(await typeOf(campaign)).toBe('message.sent');
  }, 60_000);

  it('a message of a campaign to somebody who is known to have said no is suppressed at once', async () => {
    const { at, campaign, transactional } = await waiting();
    await bench.contactStops(campaign);
    expect(await typeOf(campaign)).toBe('message.suppressed');
    expect(problemsOf(EVENTS.messageSuppressed.data!, bench.factsOf(campaign)[0]!.data)).toEqual([]);
    expect(await typeOf(transactional)).toBe('message.sent');
    expect(JSON.stringify(at.messages)).not.toContain(campaign.contact);
    await bench.stopsAre(campaign, 'current');
  }, 60_000);

  it('a message of a campaign waits for the partition in which its contact could say no on another channel', async () => {
    const { account, at } = bench.nextAccount();
    const sms = smsCommand(account, { class: 'campaign' });
    const partitions = [0, 1, 2].filter((partition) => partition !== bench.partitionOf(sms));
    const elsewhere = await waitFor(
      () => [smsCommand(account)].find((one) => bench.partitionOf(one) === partitions[0]),
      { description: 'a conversation of another partition' },
    );
    await bench.stopsAre(elsewhere, 'behind');
    const probe = smsCommand(account);
    await bench.publish(sms, probe);
    expect(await typeOf(probe)).toBe('message.sent');
    expect([bench.factsOf(sms), at.messages.length]).toEqual([[], 1]);
    await bench.stopsAre(elsewhere, 'current');
    expect(await typeOf(sms)).toBe('message.sent');
  }, 60_000);

  it('is told by its age', async () => {
    const any = smsCommand(bench.nextAccount().account);
    await bench.stopsAre(any, 'behind');
    const freshness = bench.service.app.get(StopFreshness);
    expect(freshness.oldestSeconds).toBeGreaterThan(0.9);
    await bench.stopsAre(any, 'current');
    await waitFor(() => freshness.oldestSeconds <= 0.9, { description: 'its age is below a second again' });
  }, 60_000);
});
