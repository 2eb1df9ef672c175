import type { TopicDefinition } from '@heliograph/contracts';
import type { Kafka } from '../cluster/kafka.ts';
import { PlatformaticSource } from '../platformatic/platformatic-source.ts';
import { KafkajsSource } from './kafkajs-source.ts';
import type { RecordSource } from './record-source.ts';

/** A group member on the client library of the settings. */
export function openSource(kafka: Kafka, group: string, topics: readonly TopicDefinition[]): RecordSource {
  const Source = kafka.settings.client === 'kafkajs' ? KafkajsSource : PlatformaticSource;
  return new Source(kafka, group, topics);
}
