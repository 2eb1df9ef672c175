import { partitionOf } from '@heliograph/kafka';
import { SessionReader, windowKey } from '@heliograph/conversations';
import { FenceLost, Retryable, Unavailable } from '@heliograph/runtime';
import { waitFor } from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { factsOf, isoAt, START, uuidOf } from '../../test/fact-builders.ts';
import { deliveryOf, PARTITION, SessionBench } from '../../test/session-bench.ts';
import { RULES } from '../../test/fold-rules.ts';
import { fold } from '../fold/fold.ts';
import type { Unpublished } from './unpublished.ts';

let bench: SessionBench;
beforeAll(async () => (bench = await SessionBench.open()));
afterAll(() => bench.close());

/** What a fold gives before anything of it is published, as if the process ended there. */
function folded(fact: Parameters<typeof deliveryOf>[0], offset: number): Unpublished {
  const { topic, origin } = deliveryOf(fact, offset, '');
  const position = { topic, offset: String(offset) };
  const result = fold(undefined, fact, { position, now: Date.now(), rules: RULES });
  if ('skipped' in result) throw new Error(result.skipped);
  return { ...result, cause: { id: fact.id, time: new Date().toISOString(), origin } };
}

const numbersOf = (entries: { sequence: number; kind: string }[]): string[] =>
  entries.map(({ sequence, kind }) => `${sequence} ${kind}`);

describe('a fact', () => {
  it('is done when its entries and then the snapshot are on the topics, and redelivered changes nothing', async () => {
    const { id, received, sent } = factsOf('15550100001');
    const fence = await bench.fence(1);
    const worker = bench.worker();
    expect(await worker.handle(received('a', 0), deliveryOf(received('a', 0), 0, fence))).toEqual({ kind: 'done' });
    expect(await worker.handle(sent('m', 1), deliveryOf(sent('m', 1), 0, fence))).toEqual({ kind: 'done' });
    for (const again of [worker, bench.worker()]) {
      const outcome = await again.handle(received('a', 0), deliveryOf(received('a', 0), 0, fence));
      expect(outcome).toEqual({ kind: 'skipped', reason: 'applied-already' });
    }
    expect(numbersOf(await bench.timeline(id))).toEqual(['1 session.opened', '2 message.received', '3 message.sent']);
    expect((await bench.snapshots(id)).map(({ sequence }) => sequence)).toEqual([2, 3]);
  });

  it('shows in the state, the window and the index of messages that others read', async () => {
    const { id, received, sent } = factsOf('15550100002');
    const fence = await bench.fence(1);
    const worker = bench.worker();
    await worker.handle(received('a', 0), deliveryOf(received('a', 0), 0, fence));
    await worker.handle(sent('m', 1), deliveryOf(sent('m', 1), 0, fence));
    const reader = new SessionReader(bench.redis);
    expect(await reader.read(partitionOf(id, 1), id)).toMatchObject({ sequence: 3, messages: [{ status: 'sent' }] });
    expect(await reader.conversationOf(uuidOf('message m'))).toBe(id);
    expect(await bench.redis.client.get(windowKey(PARTITION, id))).toBe(String(START));
    expect(await reader.read(PARTITION, uuidOf('nobody'))).toBeUndefined();
    expect(await reader.conversationOf(uuidOf('nothing'))).toBeUndefined();
  });

  it('that could not be published keeps its numbers until it is', async () => {
    const { id, received } = factsOf('15550100003');
    const fence = await bench.fence(1);
    const fact = received('a', 0);
    const cutOff = bench.worker(bench.cutOffPublisher());
    await expect(cutOff.handle(fact, deliveryOf(fact, 0, fence))).rejects.toBeInstanceOf(Unavailable);
    expect(await bench.timeline(id)).toEqual([]);
    expect(await bench.worker().handle(fact, deliveryOf(fact, 0, fence))).toEqual({ kind: 'done' });
    expect(numbersOf(await bench.timeline(id))).toEqual(['1 session.opened', '2 message.received']);
  }, 15_000);

  it('whose record would be too large is dead-lettered before it gets a number', async () => {
    const { id, received } = factsOf('15550100004');
    const fence = await bench.fence(1);
    const large = received('a', 0, { content: { type: 'text', text: 'x'.repeat(810_000) } });
    expect(await bench.worker().handle(large, deliveryOf(large, 0, fence))).toMatchObject({ kind: 'dead' });
    await bench.worker().handle(received('b', 0), deliveryOf(received('b', 0), 1, fence));
    expect(numbersOf(await bench.timeline(id))).toEqual(['1 session.opened', '2 message.received']);
  });
});

describe('a worker that ended between write and publish', () => {
  it('leaves the same ids and numbers for the next owner, who publishes them before the next fact', async () => {
    const { id, received } = factsOf('15550100005');
    const lost = folded(received('a', 0), 0);
    const held = { partition: PARTITION, group: 'session-state', token: await bench.fence(1) };
    expect(await bench.store().write(held, undefined, lost)).toBeGreaterThan(0);

    const fence = await bench.fence(2);
    const next = bench.worker();
    const first = await next.handle(received('b', 1), deliveryOf(received('b', 1), 1, fence));
    expect(first).toMatchObject({ kind: 'blocked' });
    await waitFor(
      async () => (await next.handle(received('b', 1), deliveryOf(received('b', 1), 1, fence))).kind === 'done',
      {
        description: 'the publishes of the old owner are out of time',
      },
    );
    const timeline = await bench.timeline(id);
    expect(timeline.slice(0, 2)).toEqual(JSON.parse(JSON.stringify(lost.entries)));
    expect(numbersOf(timeline).slice(2)).toEqual(['3 message.received']);
    // The fact itself comes again and ends without a second entry.
    expect(await next.handle(received('a', 0), deliveryOf(received('a', 0), 0, fence))).toMatchObject({
      kind: 'skipped',
    });
  });

  it('has its early receipt on the snapshot before the next fact, although it gave no entry', async () => {
    const { id, receipt, sent } = factsOf('15550100006');
    const held = { partition: PARTITION, group: 'session-state', token: await bench.fence(1) };
    await bench.store().write(held, undefined, folded(receipt('m', 'read', 1), 0));
    const next = bench.worker();
    const fact = receipt('m', 'read', 1);
    expect(await next.handle(fact, deliveryOf(fact, 0, held.token))).toEqual({ kind: 'done' });
    expect(await bench.snapshots(id)).toMatchObject([{ sequence: 0, earlyReceipts: [{ status: 'read' }] }]);
    await next.handle(sent('m', 0), deliveryOf(sent('m', 0), 0, held.token));
    expect(numbersOf(await bench.timeline(id))).toEqual([
      '1 session.opened',
      '2 message.sent',
      '3 message.status-reported',
    ]);
  });
});

describe('a worker with an old fence', () => {
  it('can neither read for folding nor write', async () => {
    const { id, received } = factsOf('15550100007');
    const old = await bench.fence(1);
    const zombie = bench.worker();
    await zombie.handle(received('a', 0), deliveryOf(received('a', 0), 0, old));
    const fence = await bench.fence(2);
    // Once with the state in its cache, once without.
    for (const worker of [zombie, bench.worker()]) {
      await expect(worker.handle(received('b', 1), deliveryOf(received('b', 1), 1, old))).rejects.toBeInstanceOf(
        FenceLost,
      );
    }
    await bench.worker().handle(received('c', 2), deliveryOf(received('c', 2), 2, fence));
    expect(numbersOf(await bench.timeline(id))).toEqual([
      '1 session.opened',
      '2 message.received',
      '3 message.received',
    ]);
  });

  it('removes what it had published, and nothing that was written since', async () => {
    const { id, received } = factsOf('15550100008');
    const held = { partition: PARTITION, group: 'session-state', token: await bench.fence(1) };
    const store = bench.store();
    const first = folded(received('a', 0), 0);
    const since = await store.write(held, undefined, first);
    await store.clear(held, first.state, since);
    const second = { ...folded(received('b', 1), 1) };
    await store.write(held, first.state, second);
    await store.clear(held, first.state, since);
    expect(await store.take(held, id)).toMatchObject({
      kind: 'pending',
      unpublished: { cause: { id: second.cause.id } },
    });
  });
});

describe('a clear that comes late', () => {
  it('leaves what its successor publishes again, so that the next owner waits for that publish', async () => {
    const { id, received } = factsOf('15550100010');
    const held = async (generation: number) => ({
      partition: PARTITION,
      group: 'session-state',
      token: await bench.fence(generation),
    });
    const store = bench.store();
    const first = await held(1);
    const written = folded(received('a', 0), 0);
    const since = await store.write(first, undefined, written);
    const second = await held(2);
    const takenOver = async () => (await store.take(second, id)).kind === 'pending';
    await waitFor(takenOver, { description: 'the first publisher is out of time' });
    await store.clear(first, written.state, since);
    expect((await store.take(await held(3), id)).kind).not.toBe('free');
  });

  it('leaves what its own worker publishes once more', async () => {
    const { id, received } = factsOf('15550100011');
    const held = { partition: PARTITION, group: 'session-state', token: await bench.fence(1) };
    const store = bench.store();
    const written = folded(received('a', 0), 0);
    const since = await store.write(held, undefined, written);
    const takenAgain = async () => {
      const taken = await store.take(held, id);
      return taken.kind === 'pending' && taken.since > since;
    };
    await waitFor(takenAgain, { description: 'the clock of Redis goes on' });
    await store.clear(held, written.state, since);
    expect((await store.take(held, id)).kind).toBe('pending');
  });
});

describe('a state that changed beneath a cached one', () => {
  it('refuses the write, and the next try folds what is there', async () => {
    const { id, received } = factsOf('15550100009');
    const fence = await bench.fence(1);
    const [one, two] = [bench.worker(), bench.worker()];
    await one.handle(received('a', 0), deliveryOf(received('a', 0), 0, fence));
    await two.handle(received('b', 1), deliveryOf(received('b', 1), 1, fence));
    const third = received('c', 2);
    await expect(one.handle(third, deliveryOf(third, 2, fence))).rejects.toBeInstanceOf(Retryable);
    expect(await one.handle(third, deliveryOf(third, 2, fence))).toEqual({ kind: 'done' });
    expect((await bench.timeline(id)).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
    expect(isoAt(2)).toBe((await bench.snapshots(id)).at(-1)?.lastCustomerMessageAt);
  });
});
