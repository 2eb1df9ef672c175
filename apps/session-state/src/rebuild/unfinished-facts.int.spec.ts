import { EVENTS } from '@heliograph/contracts';
import { SessionReader } from '@heliograph/conversations';
import { Unavailable } from '@heliograph/runtime';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { factsOf, uuidOf } from '../../test/fact-builders.ts';
import { deliveryOf, PARTITION, PUBLISH_MS, SessionBench } from '../../test/session-bench.ts';

let bench: SessionBench;
beforeAll(async () => (bench = await SessionBench.open()));
afterAll(() => bench.close());

describe('a fact that was being published when its process and Redis were lost', () => {
  const opened = 'session.opened';
  const reported = 'message.status-reported';
  it.each([
    { records: 0, expected: [opened, 'message.received', 'message.sent', reported] },
    { records: 1, expected: [opened, 'message.received', 'message.sent', reported] },
    { records: 2, expected: [opened, 'message.sent', reported, 'message.received'] },
    { records: 3, expected: [opened, 'message.sent', reported, 'message.received'] },
  ])('keeps the numbers of its $records published entries, whatever is folded next', async ({ records, expected }) => {
    const { id, received, receipt, sent } = factsOf(`1555030000${records}`);
    const early = receipt('m', 'delivered', 1);
    const fact = sent('m', 0);
    const next = received('a', 2);
    const fence = await bench.fence(1);
    await bench.worker().handle(early, deliveryOf(early, 0, fence));
    const dying = bench.worker(bench.publisherEndingAfter(records));
    await expect(dying.handle(fact, deliveryOf(fact, 0, fence))).rejects.toBeInstanceOf(Unavailable);

    const after = await bench.loseAndRebuild(id, 2);
    const worker = bench.worker();
    // The watermark had not passed it, so it comes again; a fact of the other input can come before it.
    await worker.handle(next, deliveryOf(next, 1, after));
    await worker.handle(fact, deliveryOf(fact, 0, after));

    const seen: string[] = [];
    for (const { sequence, kind } of await bench.timeline(id)) {
      expect(sequence).toBeLessThanOrEqual(seen.length + 1);
      if (sequence > seen.length) seen.push(kind);
      expect(kind).toBe(seen[sequence - 1]);
    }
    expect(seen).toEqual(expected);
    const state = await new SessionReader(bench.redis).read(PARTITION, id);
    expect(state).toMatchObject({ sequence: 4, session: 1, messages: [{ status: 'delivered' }], earlyReceipts: [] });
    expect((await bench.snapshots(id)).at(-1)?.sequence).toBe(4);
  });
});

describe('a rebuild', () => {
  it('brings the index of messages back', async () => {
    const { id, sent } = factsOf('15550301000');
    const fact = sent('indexed', 0);
    await bench.worker().handle(fact, deliveryOf(fact, 10, await bench.fence(1)));
    await bench.redis.client.del(`msg:${uuidOf('message indexed')}`);
    await bench.loseAndRebuild(id, 2);
    expect(await new SessionReader(bench.redis).conversationOf(uuidOf('message indexed'))).toBe(id);
  });

  it('writes nothing when another generation has taken it over, or Redis was lost again', async () => {
    const { id, received } = factsOf('15550301001');
    const fact = received('a', 0);
    await bench.worker().handle(fact, deliveryOf(fact, 20, await bench.fence(1)));
    await bench.fence(7);
    await expect(bench.rebuild().run(PARTITION, 6)).rejects.toThrow('FENCE lost');
    expect(await new SessionReader(bench.redis).read(PARTITION, id)).toMatchObject({ sequence: 2 });
  });

  it('waits until publishes begun before are out of time, unless all inputs are worked off', async () => {
    const { id, received } = factsOf('15550301002');
    await bench.loseAndRebuild(id, 10);
    expect(bench.rebuilds.at(-1)).toMatchObject({ generation: 10, waitedMs: 0 });
    await bench.publisher.publish([{ contract: EVENTS.messageReceived, event: received('waiting', 0) }]);
    const began = performance.now();
    await bench.loseAndRebuild(id, 11);
    expect(bench.rebuilds.at(-1)).toMatchObject({ generation: 11, waitedMs: PUBLISH_MS });
    expect(performance.now() - began).toBeGreaterThanOrEqual(PUBLISH_MS - 1);
  });
});
