import type { Connection } from '@platformatic/kafka';
import type { Cluster } from './cluster.ts';
import type { GroupMembership, GroupOffset } from './group-membership.ts';
import type { Tenure } from './tenure.ts';

const READ_COMMITTED = 1;
const EARLIEST = -2n;
const NO_EPOCH = -1;
const NO_REPLICA = -1;

/**
 * Finds out where to read on: at the group's committed offset, else, and where that is not on the topic any more, at the
 * first record that is kept. (At the end, as is the habit of clients, would be loss.)
 */
export async function setPositions(
  cluster: Cluster,
  membership: GroupMembership,
  tenures: readonly Tenure[],
): Promise<void> {
  const first = tenures.filter(({ fromEarliest }) => !fromEarliest);
  const offsets = first.length > 0 ? await membership.committed(byTopic(first)) : [];
  for (const tenure of first) {
    const { topic, partition } = tenure;
    tenure.position = offsets.find((one) => one.topic === topic && one.partition === partition)?.offset;
  }
  const rest = tenures.filter(({ position }) => position === undefined);
  const leaders = new Set(rest.flatMap(({ leader }) => (leader === undefined ? [] : [leader])));
  for (const leader of leaders) {
    const led = rest.filter((tenure) => tenure.leader === leader);
    const earliest = await earliestOf(cluster, await cluster.broker(leader, 'metadata'), led);
    for (const tenure of led) {
      const { topic, partition } = tenure;
      tenure.position = earliest.find((one) => one.topic === topic && one.partition === partition)?.offset;
      tenure.fromEarliest = tenure.position === undefined;
    }
  }
}

async function earliestOf(cluster: Cluster, connection: Connection, led: readonly Tenure[]): Promise<GroupOffset[]> {
  const { api } = cluster.library.listOffsetsV5;
  const topics = [...byTopic(led)].map(([name, numbers]) => ({
    name,
    partitions: numbers.map((partitionIndex) => ({
      partitionIndex,
      currentLeaderEpoch: NO_EPOCH,
      timestamp: EARLIEST,
    })),
  }));
  const answer = await cluster.ask(connection, api, NO_REPLICA, READ_COMMITTED, topics);
  return answer.topics.flatMap(({ name, partitions }) =>
    partitions.map(({ partitionIndex, offset }) => ({
      topic: name,
      partition: partitionIndex,
      offset: Number(offset),
    })),
  );
}

function byTopic(tenures: readonly Tenure[]): Map<string, number[]> {
  const topics = new Map<string, number[]>();
  for (const { topic, partition } of tenures) {
    const numbers = topics.get(topic);
    if (numbers) numbers.push(partition);
    else topics.set(topic, [partition]);
  }
  return topics;
}
