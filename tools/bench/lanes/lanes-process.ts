// What a blocked lane holds in memory besides its record: the heap after 10,000 records of 10,000 keys were put into lanes and
// blocked, less the heap with the records alone.
import { encodeEvent, EVENTS, TOPICS } from '@heliograph/contracts';
import { blocked, LaneConsumer, type LaneConsumerOptions } from '@heliograph/kafka';
import { messageReceived, parties, waitFor } from '@heliograph/testing';
import { readOrder } from '../bare/bare-process.ts';

export interface LanesOrder {
  lanes: number;
}

export interface LanesResult {
  bytesPerLane: number;
  bytesPerRecord: number;
}

type Source = LaneConsumerOptions['source'];
type Listener = Parameters<Source['start']>[0];
type Records = Parameters<Listener['records']>[2];

const { lanes } = readOrder<LanesOrder>();
const topic = TOPICS.conversationInbound.name;
const PARTITION = 0;

let listener: Listener | undefined;
const nothing = (): Promise<void> => Promise.resolve();
const source: Source = {
  start: async (started) => void (listener = started),
  pause: () => undefined,
  resume: () => undefined,
  commit: nothing,
  stop: nothing,
};
let handled = 0;
const observer: LaneConsumerOptions['observer'] = {
  received: () => undefined,
  finished: () => undefined,
  failed: () => undefined,
  dead: () => undefined,
  parked: () => undefined,
  returned: () => undefined,
  event: () => undefined,
};
const consumer = new LaneConsumer({
  topics: [TOPICS.conversationInbound],
  source,
  gate: { admit: async () => 'fence' },
  deadLetters: { write: nothing } as unknown as LaneConsumerOptions['deadLetters'],
  handle: async () => {
    handled++;
    return blocked('held', Date.now() + 3_600_000);
  },
  onCrash: (error) => {
    throw error;
  },
  observer,
});
await consumer.start();
listener?.assigned(new Map([[topic, [PARTITION]]]));
listener?.heartbeat(1);

const empty = used();
const records = Array.from({ length: lanes }, (_, offset) => recordAt(offset));
const withRecords = used();
listener?.records(topic, PARTITION, records, lanes, lanes);
await waitFor(() => handled === lanes, { timeoutMs: 60_000, description: 'every lane is blocked' });
const withLanes = used();
const result: LanesResult = {
  bytesPerLane: (withLanes - withRecords) / lanes,
  bytesPerRecord: (withRecords - empty) / lanes,
};
process.send?.(result);

function recordAt(offset: number): Records[number] {
  const data = messageReceived(parties({ contact: `+1555${1_000_000 + offset}` }));
  const { key, value, headers } = encodeEvent({
    id: crypto.randomUUID(),
    type: EVENTS.messageReceived.type,
    source: '/heliograph/bench',
    time: data.at,
    partitionKey: data.conversationId,
    extensions: { tenant: data.tenant, account: data.account },
    data,
  });
  const bytes = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]));
  return { topic, partition: PARTITION, offset, key: Buffer.from(key), value, headers: bytes, bytes: value.length };
}

/** Heap and buffers in use, after everything unreachable was collected. */
function used(): number {
  for (let time = 0; time < 3; time++) globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
