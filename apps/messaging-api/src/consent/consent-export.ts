import { PassThrough, type Readable } from 'node:stream';
import { once } from 'node:events';
import { decodeEvent, headerText, TOPICS } from '@heliograph/contracts';
import type { Kafka } from '@heliograph/kafka';
import { readPartition } from '@heliograph/kafka';

const TOPIC = TOPICS.consentEvent;

/**
 * Every consent event of a tenant as NDJSON: what was said and what became of it, and which messages were not sent because of
 * it; partition by partition, in order within a contact. Memory stays the same however many there are.
 *
 * @param since milliseconds; earlier ones are left out
 */
export function exportConsent(kafka: Kafka, tenant: string, since: number): Readable {
  const lines = new PassThrough();
  writeAll(kafka, lines, tenant, since).then(
    () => lines.end(),
    (error: Error) => lines.destroy(error),
  );
  return lines;
}

async function writeAll(kafka: Kafka, lines: PassThrough, tenant: string, since: number): Promise<void> {
  for (let partition = 0; partition < kafka.partitionsOf(TOPIC); partition++) {
    await readPartition(kafka, TOPIC, partition, {
      visit: async (record) => {
        if (headerText(record, 'ce_tenant') !== tenant) return;
        const decoded = decodeEvent(TOPIC.name, record);
        if (!decoded.ok || Date.parse(decoded.event.time) < since) return;
        const { id, type, time, data } = decoded.event;
        if (lines.destroyed) throw new Error('the reader has gone');
        if (!lines.write(`${JSON.stringify({ id, type, time, ...(data as object) })}\n`)) await once(lines, 'drain');
      },
    });
  }
}
