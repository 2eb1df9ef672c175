import { deadLetterTopic, TOPICS } from '@heliograph/contracts';
import { CAMPAIGN_GROUP } from '@heliograph/campaigns';
import { connectKafka, ensureTopics, type Kafka } from '@heliograph/kafka';
import { checkRedisSettings, RedisClient } from '@heliograph/redis';
import type { Log } from '@heliograph/runtime';
import { ORDERS_GROUP, SERVICE, type CampaignRunnerConfig } from './config.ts';

/** @throws Unavailable when Redis does not answer within ten seconds */
export async function openRedis({ redisUrl, namespace }: CampaignRunnerConfig, log: Log): Promise<RedisClient> {
  const redis = new RedisClient({ url: redisUrl, namespace });
  await redis.whenUp();
  for (const warning of await checkRedisSettings(redis))
    log.warn({ redis: warning }, 'Redis may lose what is kept in it');
  return redis;
}

/** @throws Unavailable or TopicMismatch when a topic is not there as its contract describes it */
export async function openKafka(config: CampaignRunnerConfig, log: Log): Promise<Kafka> {
  const { kafkaBrokers, kafkaClient: client, namespace } = config;
  const { conversationPartitions, sessionTimeoutMs, heartbeatMs } = config;
  const group = { conversationPartitions, sessionTimeoutMs, heartbeatMs };
  const kafka = connectKafka({ brokers: kafkaBrokers, client, clientId: SERVICE, namespace, ...group }, log);
  const { campaignOrder, campaignState, campaignRecipient, campaignCommand } = TOPICS;
  const { conversationTimeline, templateState, templateDefinition } = TOPICS;
  await ensureTopics(kafka, [
    ...[campaignOrder, campaignState, campaignRecipient, campaignCommand],
    ...[conversationTimeline, templateState, templateDefinition],
    deadLetterTopic(campaignOrder, ORDERS_GROUP),
    deadLetterTopic(conversationTimeline, CAMPAIGN_GROUP),
  ]);
  return kafka;
}
