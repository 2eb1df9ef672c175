import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { leadersOf } from '../cluster-view.ts';
import { readAll } from '../topic-reader.ts';
import { writeRecords } from '../topic-writer.ts';
import { waitFor } from '../wait-for.ts';
import type { RunningKafkaCluster } from './controls.ts';
import { startPrivateKafkaCluster } from './start-brokers.ts';

let cluster: RunningKafkaCluster;
beforeAll(async () => {
  cluster = await startPrivateKafkaCluster();
}, 240_000);
afterAll(() => cluster?.stop(), 60_000);

describe('three Kafka nodes', () => {
  it('keep what was acknowledged and take more when the one that leads is killed', async () => {
    const { brokers, nodes } = cluster;
    const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    // A node that has not heard of the topic yet would make the client's own wait for its leader fail.
    const topics = [{ topic: 'facts', numPartitions: 1, replicationFactor: -1 }];
    await admin.createTopics({ topics, waitForLeaders: false });
    await admin.disconnect();
    const led = async (): Promise<boolean> => ((await leadersOf(brokers, 'facts').catch(() => []))[0] ?? -1) > 0;
    await waitFor(led, { description: 'the topic has a leader' });
    await writeRecords(brokers, 'facts', [{ value: '"before"' }]);

    const [leader] = await leadersOf(brokers, 'facts');
    await nodes[leader! - 1]!.kill();
    const left = nodes.filter((_, index) => index !== leader! - 1).flatMap((node) => node.brokers);
    const another = async (): Promise<boolean> => ![leader, -1].includes((await leadersOf(left, 'facts'))[0]);
    await waitFor(another, { timeoutMs: 60_000, intervalMs: 200, description: 'another node leads' });
    await writeRecords(left, 'facts', [{ value: '"after"' }]);
    expect((await readAll(left, 'facts')).map(({ json }) => json)).toEqual(['before', 'after']);

    await nodes[leader! - 1]!.restart();
    expect(await readAll(brokers, 'facts')).toHaveLength(2);
  }, 180_000);
});
