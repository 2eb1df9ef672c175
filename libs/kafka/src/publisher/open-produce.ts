import type { Kafka } from '../cluster/kafka.ts';
import { loadLibrary } from '../platformatic/library.ts';
import { PlatformaticProduceConnection } from '../platformatic/platformatic-produce.ts';
import { KafkajsProduceConnection } from './kafkajs-produce.ts';
import type { ProduceConnection } from './produce-connection.ts';

/** How the client library of the settings opens its connections for producing. */
export function produceConnections(kafka: Kafka, tryTimeoutMs: number): () => ProduceConnection {
  if (kafka.settings.client === 'kafkajs') return () => new KafkajsProduceConnection(kafka, tryTimeoutMs);
  // Begun now, so that the first publish finds it loaded. Whoever needs it hears of a failure.
  loadLibrary().catch(() => undefined);
  return () => new PlatformaticProduceConnection(kafka);
}
