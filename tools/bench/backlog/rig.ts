import type { ManagedProcess } from '@heliograph/testing';
import { startBareProcess } from '../bare/bare-process.ts';
import { BareProducer, type TopicMessage } from '../bare/bare-producer.ts';
import type { Bench } from '../bench.ts';
import type { BenchSystem } from '../bench-system.ts';
import { sendInChunks } from './records.ts';
import { TopicEnd } from './topic-end.ts';

/** What a benchmark over a filled topic needs beside the service. */
export interface Rig {
  floor: ManagedProcess;
  end: TopicEnd;
  send: (records: readonly TopicMessage[]) => Promise<void>;
  close: () => Promise<void>;
}

/** @param floor name, file and order of the bare loop */
export async function openRig(
  bench: Bench,
  system: BenchSystem,
  floor: { name: string; file: string; order: object },
): Promise<Rig> {
  const process = await startBareProcess(bench.ends, { ...floor, folder: system.folder });
  const producer = await BareProducer.open(system.brokers);
  const closeProducer = bench.ends.add(() => producer.close());
  const end = await TopicEnd.open(system.brokers, bench.ends);
  const close = async (): Promise<void> => {
    await process.kill();
    await end.close();
    await closeProducer();
    await system.stop();
  };
  return { floor: process, end, send: (records) => sendInChunks(producer, records), close };
}
