import { encodeEvent, type CloudEvent, type EventContract } from '@heliograph/contracts';
import type { BareProducer, TopicMessage } from '../bare/bare-producer.ts';

export interface RecordParts {
  id: string;
  key: string;
  data: unknown;
  account: string;
  extensions?: Record<string, string>;
}

/** A record as the service that writes the topic writes it, in the namespace of a run. */
export function recordOf(namespace: string, contract: EventContract, parts: RecordParts): TopicMessage {
  const { id, key, data, account, extensions } = parts;
  const event: CloudEvent = {
    id,
    type: contract.type,
    source: '/heliograph/bench',
    time: new Date().toISOString(),
    partitionKey: key,
    extensions: { tenant: 'acme', account, ...extensions },
    data,
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  };
  return { topic: namespace + contract.topic.name, ...encodeEvent(event) };
}

/** In one request; small beside the broker's limit of 100 MB, each partition's share below its 1 MB. */
const CHUNK = 2_000;

export async function sendInChunks(producer: BareProducer, records: readonly TopicMessage[]): Promise<void> {
  for (let from = 0; from < records.length; from += CHUNK) await producer.sendAll(records.slice(from, from + CHUNK));
}
