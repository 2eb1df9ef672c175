import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { TOPICS } from '@heliograph/contracts';
import { testKafkaBrokers } from '@heliograph/testing';
import { ensureTopics } from '../cluster/ensure-topics.ts';
import { connectKafka } from '../cluster/kafka.ts';
import { KAFKA_CLIENTS } from '../settings.ts';
import { KafkaProxy } from '../spec-support/kafka-proxy.ts';
import { newGroup, QUICK } from '../spec-support/source-rig.ts';
import { Storm } from '../spec-support/storm.ts';
import { testKafka } from '../spec-support/test-kafka.ts';

const TOPIC = TOPICS.webhookReceived;
let proxy: KafkaProxy;
let storm: Storm | undefined;
beforeAll(async () => {
  proxy = await KafkaProxy.start(testKafkaBrokers()[0]!);
});
afterEach(async () => {
  proxy.thaw();
  await storm?.end();
});
afterAll(() => proxy.stop());

describe.each(KAFKA_CLIENTS)('lanes on %s', (client) => {
  const newKafka = () => testKafka({ ...QUICK, client, conversationPartitions: 6 });

  async function begin(): Promise<{ kafka: ReturnType<typeof newKafka>; storm: Storm }> {
    const kafka = newKafka();
    await ensureTopics(kafka, [TOPIC]);
    storm = new Storm(kafka, TOPIC, newGroup(), 40);
    return { kafka, storm };
  }

  const nothingWrong = { lost: [], unknown: [], swapped: [] };

  it('handle every record once and in key order while nobody comes or goes', async () => {
    const { kafka, storm } = await begin();
    await storm.publish(1_000);
    await storm.join(kafka);
    await storm.handled();
    const { lost, unknown, swapped } = storm.ledger.report();
    expect({ lost, unknown, swapped }).toEqual(nothingWrong);
    expect({ faults: storm.faults, repeats: storm.repeats }).toEqual({ faults: [], repeats: 0 });
  });

  it('lose and swap nothing, commit in order and repeat nothing committed, while members come, go and fall silent', async () => {
    const { kafka, storm } = await begin();
    const stuck = connectKafka({ ...kafka.settings, brokers: [proxy.address] });
    const first = await storm.join(kafka);
    await storm.isReady(first);
    await storm.publish(800);
    await storm.handled(200);
    const silent = await storm.join(stuck);
    const second = await storm.join(kafka);
    await storm.isReady(silent);
    await storm.publish(800);
    await storm.handled(900);
    proxy.freeze();
    await storm.publish(400);
    const third = await storm.join(kafka);
    await storm.leave(first);
    await storm.isReady(third);
    await storm.publish(400);
    proxy.thaw();
    await storm.handled(2_000);
    await storm.leave(second);
    await storm.join(kafka);
    await storm.publish(400);
    await storm.handled();
    await storm.isReady(silent);
    const { lost, unknown, swapped } = storm.ledger.report();
    expect({ lost, unknown, swapped }).toEqual(nothingWrong);
    expect({ faults: storm.faults, crashes: storm.crashes }).toEqual({ faults: [], crashes: [] });
  }, 120_000);
});
