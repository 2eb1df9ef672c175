import { setTimeout as delay } from 'node:timers/promises';
import type { TopicDefinition } from '@heliograph/contracts';
import { Unavailable } from '@heliograph/runtime';
// By its default export: Node finds few names in this CommonJS module by itself.
import kafkajs, { type Admin, type ITopicConfig } from 'kafkajs';
import { withAdmin } from './admin.ts';
import { brokerError } from './broker-error.ts';
import type { Kafka } from './kafka.ts';
import { TopicMismatch, type PartitionMismatch } from './topic-mismatch.ts';

const LEADERS_WITHIN_MS = 60_000;
const LOOK_AGAIN_MS = 50;

/** What of a topic is not here yet; the broker's words for it right after it was created. */
const NOT_YET = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE']);

/**
 * Creates what is missing of the topics, as their contracts describe them, and waits until every partition has a leader.
 * Several processes may do so at once. Retention that differs is only reported: operators may have reasons.
 *
 * @throws TopicMismatch when a topic exists with another number of partitions; nothing was created then
 * @throws Unavailable when Kafka cannot be reached or the topics do not get leaders in time
 */
export async function ensureTopics(kafka: Kafka, topics: readonly TopicDefinition[]): Promise<void> {
  const wanted = new Map(topics.map((topic) => [kafka.physical(topic.name), topic]));
  await withAdmin(kafka, async (admin) => {
    const found = new Map<string, number>();
    for (const name of wanted.keys()) {
      const partitions = await partitionsFound(admin, name);
      if (partitions !== undefined) found.set(name, partitions);
    }
    refuseMismatches(kafka, wanted, found);
    const missing = [...wanted].filter(([name]) => !found.has(name));
    if (missing.length > 0) {
      await create(
        admin,
        missing.map(([name, topic]) => creation(kafka, name, topic)),
      );
      // Somebody else may have created them, with other settings.
      refuseMismatches(
        kafka,
        wanted,
        await awaitLeaders(
          admin,
          missing.map(([name]) => name),
        ),
      );
    }
    await reportRetention(kafka, admin, new Map([...wanted].filter(([name]) => found.has(name))));
  });
}

/** Partitions of a topic that all have a leader; undefined when it does not exist (yet). */
async function partitionsFound(admin: Admin, name: string): Promise<number | undefined> {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [name] });
    return topics.find((topic) => topic.name === name)?.partitions.length;
  } catch (error) {
    if (NOT_YET.has(brokerError(error)?.type ?? '')) return undefined;
    throw new Unavailable('kafka', `topic ${name}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function refuseMismatches(
  kafka: Kafka,
  wanted: ReadonlyMap<string, TopicDefinition>,
  found: ReadonlyMap<string, number>,
): void {
  const mismatches = [...found].flatMap(([topic, partitions]): PartitionMismatch[] => {
    const expected = kafka.partitionsOf(wanted.get(topic)!);
    return partitions === expected ? [] : [{ topic, found: partitions, wanted: expected }];
  });
  if (mismatches.length > 0) throw new TopicMismatch(mismatches);
}

function creation(kafka: Kafka, name: string, topic: TopicDefinition): ITopicConfig {
  return {
    topic: name,
    numPartitions: kafka.partitionsOf(topic),
    replicationFactor: kafka.settings.replicationFactor,
    configEntries: Object.entries(retentionOf(topic)).map(([entry, value]) => ({ name: entry, value })),
  };
}

/** After so long at most, what was replaced or taken away is not on the disks of the next compaction any more: a day. */
const REPLACED_KEPT_MS = 24 * 60 * 60 * 1000;

function retentionOf({ retention, erasable }: TopicDefinition): Record<string, string> {
  const compacted = { 'max.compaction.lag.ms': String(REPLACED_KEPT_MS) };
  if (retention === 'compacted') return { 'cleanup.policy': 'compact', ...compacted };
  if (erasable) return { 'cleanup.policy': 'compact,delete', 'retention.ms': String(retention), ...compacted };
  return { 'cleanup.policy': 'delete', 'retention.ms': retention === 'forever' ? '-1' : String(retention) };
}

async function create(admin: Admin, topics: ITopicConfig[]): Promise<void> {
  try {
    // Answers false when all that failed was that some exist by now.
    await admin.createTopics({ topics, waitForLeaders: false });
  } catch (error) {
    const errors = (error as { errors?: { topic?: string; message: string; type?: string }[] }).errors ?? [];
    const refused = errors.filter(({ type }) => type !== 'TOPIC_ALREADY_EXISTS');
    const reasons = refused.map(({ topic, type, message }) => `${topic}: ${type ?? message}`);
    const reason = reasons.join('; ') || (error instanceof Error ? error.message : String(error));
    throw new Unavailable('kafka', `topics cannot be created: ${reason}`, { cause: error });
  }
}

async function awaitLeaders(admin: Admin, names: readonly string[]): Promise<Map<string, number>> {
  const until = Date.now() + LEADERS_WITHIN_MS;
  const found = new Map<string, number>();
  for (const name of names) {
    for (;;) {
      const partitions = await partitionsFound(admin, name);
      if (partitions !== undefined) {
        found.set(name, partitions);
        break;
      }
      if (Date.now() > until) throw new Unavailable('kafka', `topic ${name} was created and has no leader yet`);
      await delay(LOOK_AGAIN_MS);
    }
  }
  return found;
}

async function reportRetention(
  kafka: Kafka,
  admin: Admin,
  topics: ReadonlyMap<string, TopicDefinition>,
): Promise<void> {
  if (topics.size === 0) return;
  const configNames = ['cleanup.policy', 'retention.ms', 'max.compaction.lag.ms'];
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [...topics.keys()].map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name, configNames })),
  });
  for (const { resourceName, configEntries } of resources) {
    for (const [setting, wanted] of Object.entries(retentionOf(topics.get(resourceName)!))) {
      const found = configEntries.find((entry) => entry.configName === setting)?.configValue;
      if (found === wanted) continue;
      kafka.log.warn(
        {
          topic: resourceName,
          setting,
          found,
          wanted,
        },
        'a topic is kept differently from its contract',
      );
    }
  }
}
