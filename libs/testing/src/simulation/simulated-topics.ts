/** A record as it lies on a simulated topic. */
export interface StoredRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>;
  readonly bytes: number;
  /** Milliseconds: when it was written; nothing depends on it. */
  readonly timestamp: number;
}

export interface WrittenRecord {
  readonly key: Buffer | string | null;
  readonly value: Buffer | null;
  readonly headers: StoredRecord['headers'];
}

/** The topics of a simulated Kafka: a log per topic-partition. */
export class SimulatedTopics {
  private readonly logs = new Map<string, StoredRecord[]>();
  private readonly watchers: ((record: StoredRecord) => void)[] = [];

  append(topic: string, partition: number, { key, value, headers }: WrittenRecord): StoredRecord {
    const log = this.log(topic, partition);
    const bytes = key === null ? null : Buffer.from(key);
    const size = (bytes?.length ?? 0) + (value?.length ?? 0);
    const record = { topic, partition, offset: log.length, key: bytes, value, headers, bytes: size, timestamp: 0 };
    log.push(record);
    for (const watcher of this.watchers) watcher(record);
    return record;
  }

  log(topic: string, partition: number): StoredRecord[] {
    const name = `${topic}/${partition}`;
    let log = this.logs.get(name);
    if (!log) this.logs.set(name, (log = []));
    return log;
  }

  onAppend(watcher: (record: StoredRecord) => void): void {
    this.watchers.push(watcher);
  }
}
