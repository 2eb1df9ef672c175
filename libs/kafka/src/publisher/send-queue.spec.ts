import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Publication } from './publication.ts';
import { partsOf } from './refused-batch.ts';
import { bytesOf, placeOf, SendQueue, type Sendable } from './send-queue.ts';

const CAP = 1_000;
const publications: Publication[] = [];
const publication = (deadline = Date.now() + 60_000) => {
  const made = new Publication(1, deadline, () => undefined);
  made.done.catch(() => undefined);
  publications.push(made);
  return made;
};
const end = () => publications.splice(0).forEach((one) => one.fail('closed', new Error('the test is over')));

const record = (topic: string, partition: number, bytes: number, due = true): Sendable => ({
  name: topic,
  topic,
  partition,
  place: placeOf(topic, partition),
  bytes,
  message: { key: 'k', value: null, headers: {} },
  publication: due ? publication() : publication(Date.now() - 1),
  acknowledged: false,
});

const records = fc.array(
  fc.record({
    topic: fc.constantFrom('a', 'b'),
    partition: fc.nat(2),
    bytes: fc.integer({ min: 1, max: 1_500 }),
    due: fc.boolean(),
  }),
  { maxLength: 60 },
);

describe('the queue of records to send', () => {
  it('gives every due record once, in order, and never more of a partition than fits', () => {
    fc.assert(
      fc.property(records, (drawn) => {
        const queue = new SendQueue(CAP);
        const all = drawn.map(({ topic, partition, bytes, due }) => record(topic, partition, bytes, due));
        queue.add(all);
        const taken: Sendable[] = [];
        while (!queue.isEmpty) {
          const batch = queue.take();
          taken.push(...batch);
          for (const part of batch) {
            const same = batch.filter((other) => other.topic === part.topic && other.partition === part.partition);
            if (same.length > 1) expect(same.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(CAP);
          }
        }
        expect(taken).toEqual(all.filter((_, i) => drawn[i]!.due));
        end();
      }),
    );
  });

  it('counts bytes from above: a record never takes more in a batch', () => {
    const headers = { ce_id: 'ü', raw: Buffer.from([1, 2, 3]) };
    expect(bytesOf({ key: 'ü', value: Buffer.alloc(100), headers })).toBeGreaterThanOrEqual(
      61 + 2 + 100 + 5 + 2 + 3 + 3,
    );
  });
});

describe('a refused batch', () => {
  it('is divided down to the record that is meant, and keeps the order of each partition', () => {
    fc.assert(
      fc.property(
        records.filter((drawn) => drawn.length > 0),
        fc.nat(),
        (drawn, meant) => {
          const all = drawn.map(({ topic, partition, bytes }) => record(topic, partition, bytes));
          const bad = all[meant % all.length]!;
          const sent: Sendable[] = [];
          const refused: Sendable[] = [];
          const send = (batch: readonly Sendable[]): void => {
            if (!batch.includes(bad)) return void sent.push(...batch);
            const parts = partsOf(batch, 'MESSAGE_TOO_LARGE');
            if (parts.length === 1) return void refused.push(...batch);
            parts.forEach(send);
          };
          send(all);
          expect(refused).toEqual([bad]);
          const partitionOf = ({ topic, partition }: Sendable) => `${topic}/${partition}`;
          for (const place of new Set(all.map(partitionOf))) {
            const here = (list: readonly Sendable[]) => list.filter((one) => partitionOf(one) === place);
            expect(here(sent)).toEqual(here(all).filter((one) => one !== bad));
          }
          end();
        },
      ),
    );
  });

  it('of a topic that cannot be written is divided by topic only', () => {
    const all = [record('a', 0, 1), record('b', 0, 1), record('a', 1, 1)];
    const parts = partsOf(all, 'UNKNOWN_TOPIC_OR_PARTITION');
    expect(parts.map((part) => part.map(({ topic }) => topic))).toEqual([['a', 'a'], ['b']]);
    expect(partsOf(parts[0]!, 'UNKNOWN_TOPIC_OR_PARTITION')).toHaveLength(1);
    end();
  });
});

describe('a publication', () => {
  it('is over at its deadline by the clock, also when its timer is late', () => {
    const one = publication(Date.now() + 5);
    const busyUntil = Date.now() + 10;
    while (Date.now() < busyUntil);
    expect(one.end).toBeUndefined();
    expect(one.isDue()).toBe(false);
    expect(one.end).toBe('expired');
  });

  it('ends once: an acknowledgement after the deadline changes nothing', async () => {
    const one = publication(Date.now() - 1);
    expect(one.isDue()).toBe(false);
    one.acknowledge();
    await expect(one.done).rejects.toThrow(/deadline/);
  });
});
