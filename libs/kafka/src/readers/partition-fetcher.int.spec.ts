import { afterEach, describe, expect, it } from '@jest/globals';
import { Unavailable } from '@heliograph/runtime';
import { freePort } from '@heliograph/testing';
import { ensureTopics } from '../cluster/ensure-topics.ts';
import { plainTopic, produce, testKafka } from '../spec-support/test-kafka.ts';
import { PartitionFetcher } from './partition-fetcher.ts';

const fetchers: PartitionFetcher[] = [];
afterEach(() => Promise.all(fetchers.splice(0).map((fetcher) => fetcher.close())));

async function setUp(values: readonly string[]) {
  const kafka = testKafka();
  const topic = plainTopic(1);
  await ensureTopics(kafka, [topic]);
  const write = async (more: readonly string[]) => {
    for (const value of more) await produce(kafka, topic, 0, [{ key: 'k', value }]);
  };
  await write(values);
  const fetcher = new PartitionFetcher(kafka, topic);
  fetchers.push(fetcher);
  return { fetcher, write };
}

const valuesOf = ({ records }: { records: readonly { value: Buffer | null }[] }) =>
  records.map(({ value }) => value?.toString());

describe('PartitionFetcher', () => {
  it('reads from any offset, in any order, and answers at the end with nothing', async () => {
    const { fetcher, write } = await setUp(['a', 'b', 'c']);
    const [later, first] = await Promise.all([fetcher.fetch(0, 2), fetcher.fetch(0, 0)]);
    expect([valuesOf(later), later.next, later.end]).toEqual([['c'], 3, 3]);
    expect([valuesOf(first), first.next]).toEqual([['a', 'b', 'c'], 3]);
    expect(await fetcher.fetch(0, 3)).toEqual({ records: [], next: 3, end: 3 });
    await write(['d']);
    expect(valuesOf(await fetcher.fetch(0, 3))).toEqual(['d']);
  });

  it('finds what was written since a moment', async () => {
    const { fetcher } = await setUp(['a', 'b']);
    const { records } = await fetcher.fetch(0, 0);
    const [a, b] = records.map(({ timestamp }) => timestamp);
    expect(await fetcher.since(0, a! - 1_000)).toBe(0);
    expect(await fetcher.since(0, b! + 1)).toBe(2);
  });

  it('is unavailable behind the end, for a partition that is not there and without a broker, and goes on after that', async () => {
    const { fetcher } = await setUp(['a']);
    await expect(fetcher.fetch(0, 7)).rejects.toBeInstanceOf(Unavailable);
    await expect(fetcher.fetch(5, 0)).rejects.toBeInstanceOf(Unavailable);
    expect(valuesOf(await fetcher.fetch(0, 0))).toEqual(['a']);
    const nowhere = new PartitionFetcher(testKafka({ brokers: [`127.0.0.1:${await freePort()}`] }), plainTopic(1));
    fetchers.push(nowhere);
    await expect(nowhere.fetch(0, 0)).rejects.toBeInstanceOf(Unavailable);
  });
});
