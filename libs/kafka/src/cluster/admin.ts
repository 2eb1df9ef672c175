import type { Admin } from 'kafkajs';
import { Unavailable } from '@heliograph/runtime';
import { openClient } from './client.ts';
import type { Kafka } from './kafka.ts';

/**
 * Runs something with an admin connection of its own and closes it.
 *
 * @throws Unavailable when Kafka cannot be reached
 */
export async function withAdmin<T>(kafka: Kafka, run: (admin: Admin) => Promise<T>): Promise<T> {
  const { client, close } = openClient(kafka.settings, kafka.log);
  const admin = client.admin();
  try {
    try {
      await admin.connect();
    } catch (error) {
      throw new Unavailable('kafka', error instanceof Error ? error.message : String(error), { cause: error });
    }
    return await run(admin);
  } finally {
    await close(() => admin.disconnect());
  }
}
