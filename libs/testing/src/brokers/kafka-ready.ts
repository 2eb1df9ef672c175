import { Kafka, logLevel } from 'kafkajs';
import { waitFor } from '../wait-for.ts';

/** A client without retries and logs of its own: whoever waits decides. */
export function probeClient(brokers: string[]): Kafka {
  return new Kafka({
    clientId: 'heliograph-testing',
    brokers,
    logLevel: logLevel.NOTHING,
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    retry: { retries: 0 },
  });
}

/**
 * Waits until Kafka answers for its metadata and has loaded a group coordinator: right after the start the coordinators
 * answer "loading" for a moment, and consumers that join then see errors.
 */
export async function waitForKafka(
  brokers: string[],
  timeoutMs: number,
  giveUp?: () => Error | undefined,
): Promise<void> {
  const description = `Kafka at ${brokers.join(', ')} answers and its group coordinator is loaded`;
  await waitFor(() => probe(brokers), { timeoutMs, description, intervalMs: 100, giveUp });
}

async function probe(brokers: string[]): Promise<true> {
  const admin = probeClient(brokers).admin();
  try {
    await admin.connect();
    await admin.describeCluster();
    await admin.fetchOffsets({ groupId: 'heliograph-readiness-probe' });
    return true;
  } finally {
    await admin.disconnect();
  }
}
