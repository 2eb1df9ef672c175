import type { EndsConnection } from '../cluster/ends-connection.ts';
import type { Kafka } from '../cluster/kafka.ts';
import { Cluster } from './cluster.ts';
import { loadLibrary } from './library.ts';

const LATEST = -1n;
const READ_UNCOMMITTED = 0;
const NO_EPOCH = -1;
const NO_REPLICA = -1;

/** Where the partitions of a topic end, by the leaders known when it was opened; any failure ends it. */
export async function listPlatformaticEnds(kafka: Kafka, topic: string): Promise<EndsConnection> {
  const cluster = new Cluster(await loadLibrary(), kafka.settings);
  const close = async () => cluster.connections.cut();
  try {
    await cluster.refresh([topic]);
    const byLeader = leadersOf(cluster, topic);
    return { ask: () => ask(cluster, topic, byLeader), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function leadersOf(cluster: Cluster, topic: string): ReadonlyMap<number, readonly number[]> {
  const byLeader = new Map<number, number[]>();
  for (let partition = 0; partition < cluster.partitionsOf(topic); partition++) {
    const leader = cluster.leaderOf(topic, partition);
    if (leader === undefined) throw new Error(`nobody leads ${topic}/${partition}`);
    byLeader.set(leader, [...(byLeader.get(leader) ?? []), partition]);
  }
  return byLeader;
}

async function ask(
  cluster: Cluster,
  topic: string,
  byLeader: ReadonlyMap<number, readonly number[]>,
): Promise<ReadonlyMap<number, number>> {
  const { api } = cluster.library.listOffsetsV5;
  const ends = new Map<number, number>();
  const asking = [...byLeader].map(async ([leader, partitions]) => {
    const wanted = partitions.map((partitionIndex) => ({
      partitionIndex,
      currentLeaderEpoch: NO_EPOCH,
      timestamp: LATEST,
    }));
    const connection = await cluster.broker(leader, 'metadata');
    const answer = await cluster.ask(connection, api, NO_REPLICA, READ_UNCOMMITTED, [
      { name: topic, partitions: wanted },
    ]);
    for (const { partitions: found } of answer.topics) {
      for (const { partitionIndex, offset } of found) ends.set(partitionIndex, Number(offset));
    }
  });
  await Promise.all(asking);
  return ends;
}
