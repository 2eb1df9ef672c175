import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
// @ts-expect-error kafkajs has no types for its inside
import kafkajsRequest from 'kafkajs/src/protocol/requests/produce/v7/request.js';
import { encodeProduce } from './produce-request.ts';
import type { Publication } from './publication.ts';
import { bytesOf, placeOf, type Message, type Sendable } from './send-queue.ts';

const requestV7 = kafkajsRequest as (request: object) => { encode: () => Promise<{ buffer: Buffer }> };
const TIMEOUT_MS = 2_500;
const NOW = 1_795_281_066_233;

const sendable = (topic: string, partition: number, message: Message): Sendable => ({
  ...{ name: topic, topic, partition, place: placeOf(topic, partition) },
  ...{ message, bytes: bytesOf(message), acknowledged: false },
  publication: {} as Publication,
});

const text = fc.oneof(fc.string({ maxLength: 80 }), fc.string({ unit: 'grapheme', maxLength: 80 }));
const bytes = fc.uint8Array({ maxLength: 9_000 }).map((array) => Buffer.from(array));
const message: fc.Arbitrary<Message> = fc.record({
  key: fc.oneof(text, bytes, fc.constant(null)),
  value: fc.oneof(bytes, fc.constant(null)),
  headers: fc.dictionary(text, fc.oneof(text, bytes), { maxKeys: 15 }),
});
const record = fc.tuple(fc.constantFrom('a', 'a.longer.name.v1'), fc.nat(2), message).map((one) => sendable(...one));

/** What kafkajs makes of the same records, in the same order of topics and partitions. */
async function byKafkajs(records: readonly Sendable[]): Promise<Buffer> {
  const topicData = [...new Set(records.map(({ topic }) => topic))].map((topic) => {
    const ofTopic = records.filter((one) => one.topic === topic);
    const partitions = [...new Set(ofTopic.map(({ partition }) => partition))].map((partition) => ({
      partition,
      messages: ofTopic.filter((one) => one.partition === partition).map((one) => one.message),
    }));
    return { topic, partitions };
  });
  return (await requestV7({ acks: -1, timeout: TIMEOUT_MS, topicData }).encode()).buffer;
}

describe('a produce request has the very bytes that kafkajs makes', () => {
  beforeEach(() => void jest.spyOn(Date, 'now').mockReturnValue(NOW));
  afterEach(() => void jest.restoreAllMocks());

  it('of the same records, whatever their keys, values and headers hold', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 12 }), async (records) => {
        expect(encodeProduce(records, TIMEOUT_MS, NOW).equals(await byKafkajs(records))).toBe(true);
      }),
    );
  });

  it.each([62, 63, 64, 8_180, 8_190, 8_200, 1_048_500, 1_100_000])(
    'of records around %i bytes, where lengths take one more byte',
    async (length) => {
      const around = [0, 1, 2].map((more) => ({ key: 'k', value: Buffer.alloc(length + more, 7), headers: {} }));
      const records = around.map((one) => sendable('a', 0, one));
      expect(encodeProduce(records, TIMEOUT_MS, NOW).equals(await byKafkajs(records))).toBe(true);
    },
  );
});
