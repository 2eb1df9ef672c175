import { deadlinesKey } from '@heliograph/conversations';
import { waitFor } from '@heliograph/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { HOUR, ofContact, partiesOfContact, received, START } from '../../test/fact-builders.ts';
import { RULES } from '../../test/fold-rules.ts';
import { deliveryOf, PARTITION, SessionBench } from '../../test/session-bench.ts';
import { DeadlineStore } from './deadline.store.ts';
import { DeadlineSweeper, type PartitionWatch } from './deadline-sweeper.ts';

const QUIET: PartitionWatch = { isBehind: () => false, fenceLost: () => undefined };

let bench: SessionBench;
let hours = 0;
let offset = 0;
const sweepers: DeadlineSweeper[] = [];
beforeAll(async () => (bench = await SessionBench.open()));
afterEach(() => Promise.all(sweepers.splice(0).map((sweeper) => sweeper.stop())));
afterAll(() => bench.close());

function sweeper(token: string, watch: PartitionWatch = QUIET): void {
  const { deadlines } = RULES;
  const [store, log, clock] = [new DeadlineStore(bench.redis), { warn: () => undefined }, () => START + hours * HOUR];
  const opened = new DeadlineSweeper({
    store,
    publisher: bench.publisher,
    deadlines,
    clock,
    everyMs: 20,
    settleMs: 0,
    log,
  });
  opened.owns(PARTITION, token);
  opened.start(watch);
  sweepers.push(opened);
}

/** A session that is over by itself when nothing happens until hour 72. */
async function sessionOf(contact: string, at = 0): Promise<string> {
  const fact = ofContact(contact, received('a', at));
  await bench.worker().handle(fact, deliveryOf(fact, offset++, await bench.fence(1)));
  return partiesOfContact(contact).conversationId;
}

const found = (id: string, times: number) =>
  waitFor(async () => (await bench.deadlines(id)).length >= times, { description: `found ${times} times` });
const lookAt = async (id: string) => Number(await bench.redis.client.zscore(deadlinesKey(PARTITION), id));

describe('a deadline that has passed', () => {
  it('is found once by its owner, and as the same fact by whoever finds it again', async () => {
    hours = 0;
    const id = await sessionOf('15550500000');
    expect(await lookAt(id)).toBe(START + 72 * HOUR);
    sweeper(await bench.fence(1));
    hours = 72.1;
    await found(id, 1);
    await waitFor(async () => (await lookAt(id)) > START + 72.1 * HOUR, { description: 'it is put off' });
    // As if its owner had ended before it could put it off.
    await bench.redis.client.zadd(deadlinesKey(PARTITION), START, id);
    await found(id, 2);
    expect(new Set(await bench.deadlines(id)).size).toBe(1);
  });

  it('is put off, and no fact, when activity has moved it on', async () => {
    hours = 0;
    const id = await sessionOf('15550500001');
    const later = ofContact('15550500001', received('b', 20));
    await bench.worker().handle(later, deliveryOf(later, offset++, await bench.fence(1)));
    expect(await lookAt(id)).toBe(START + 72 * HOUR);
    sweeper(await bench.fence(1));
    hours = 73;
    await waitFor(async () => (await lookAt(id)) === START + 92 * HOUR, { description: 'it is put off' });
    expect(await bench.deadlines(id)).toEqual([]);
  });

  it('is followed by the next one at its own moment, however soon that is', async () => {
    hours = 0;
    const id = await sessionOf('15550500004');
    sweeper(await bench.fence(1));
    hours = 73;
    await found(id, 1);
    await waitFor(async () => (await lookAt(id)) > START + 73 * HOUR, { description: 'it is put off' });
    const atLast = ofContact('15550500004', received('b', 1.001));
    bench.now = () => START + hours * HOUR;
    await bench.worker().handle(atLast, deliveryOf(atLast, offset++, await bench.fence(1)));
    bench.now = Date.now;
    expect(await lookAt(id)).toBe(START + 73.001 * HOUR);
  });

  it('waits while facts of its partition do', async () => {
    hours = 0;
    const id = await sessionOf('15550500002');
    let [isBehind, looks] = [true, 0];
    const watch = { ...QUIET, isBehind: () => (looks++, isBehind) };
    sweeper(await bench.fence(1), watch);
    hours = 200;
    await waitFor(() => looks > 3, { description: 'it was looked at' });
    expect(await bench.deadlines(id)).toEqual([]);
    isBehind = false;
    await found(id, 1);
  });

  it('is not found by an old owner, who says that the fence was lost', async () => {
    hours = 0;
    const id = await sessionOf('15550500003');
    const old = await bench.fence(1);
    await bench.fence(2);
    const lost: number[] = [];
    hours = 200;
    sweeper(old, { ...QUIET, fenceLost: (partition) => lost.push(partition) });
    await waitFor(() => lost.length > 0, { description: 'the fence is found lost' });
    expect(lost).toEqual([PARTITION]);
    expect(await bench.deadlines(id)).toEqual([]);
  });
});
