import { setTimeout as delay } from 'node:timers/promises';
import { Unavailable } from '@heliograph/runtime';
import type { TopicDefinition } from '@heliograph/contracts';
import type { Kafka } from '../cluster/kafka.ts';
import { KafkajsMember } from './kafkajs-member.ts';
import type { CommitOffset, RecordSource, SourceListener } from './record-source.ts';

const REOPEN_AFTER_MS = 1_000;

/**
 * A group member on kafkajs. Its consumers die of things that pass: no broker is reachable for about ten seconds, a broker
 * that has just started knows of no broker yet, the coordinator is still loading while they join. Another consumer takes
 * their place then, and nothing of the one before counts. Any other crash is final.
 */
export class KafkajsSource implements RecordSource {
  private member: KafkajsMember | undefined;
  private readonly stopped = new AbortController();

  constructor(
    private readonly kafka: Kafka,
    private readonly group: string,
    private readonly topics: readonly TopicDefinition[],
  ) {}

  async start(listener: SourceListener): Promise<void> {
    await this.open(listener);
  }

  pause(topic: string, partition: number): void {
    this.member?.pause(topic, partition);
  }

  resume(topic: string, partition: number): void {
    this.member?.resume(topic, partition);
  }

  async commit(offsets: readonly CommitOffset[]): Promise<void> {
    if (!this.member) throw new Unavailable('kafka', 'the consumer does not run');
    await this.member.commit(offsets);
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.member?.stop();
  }

  private async open(listener: SourceListener): Promise<void> {
    const member = new KafkajsMember(this.kafka, this.group, this.topics, this.member?.owned ?? []);
    this.member = member;
    await member.start({
      rebalancing: () => listener.rebalancing(),
      assigned: (assignment) => listener.assigned(assignment),
      heartbeat: (generation) => listener.heartbeat(generation),
      records: (topic, partition, records, end, next) => listener.records(topic, partition, records, end, next),
      crashed: (error) => this.crashed(listener, error),
    });
    // It was stopped meanwhile, when there was nothing to stop yet.
    if (this.stopped.signal.aborted) await member.stop();
  }

  private crashed(listener: SourceListener, error: Error): void {
    if (this.stopped.signal.aborted) return;
    if (!mayPass(error)) return listener.crashed(error);
    this.kafka.log.warn(
      { group: this.group, reason: error.message },
      'a consumer ended of what may pass, opening another',
    );
    listener.rebalancing();
    listener.assigned(new Map());
    void this.reopen(listener);
  }

  private async reopen(listener: SourceListener): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      await this.member?.stop();
      await delay(REOPEN_AFTER_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        return await this.open(listener);
      } catch (error) {
        if (!mayPass(error)) return listener.crashed(error as Error);
      }
    }
  }
}

/** Whether kafkajs itself says of the cause, wherever its retries put it, that another try may go better. */
function mayPass(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ((cause as { retriable?: unknown }).retriable === true) return true;
  }
  return false;
}
