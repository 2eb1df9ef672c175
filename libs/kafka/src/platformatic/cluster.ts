import type { API, Connection } from '@platformatic/kafka';
import { Unavailable } from '@heliograph/runtime';
import type { KafkaSettings } from '../settings.ts';
import { answerIn } from './answer-errors.ts';
import { Connections, type Place } from './connections.ts';
import type { Library } from './library.ts';

/** What a connection is for. */
export type Purpose = 'metadata' | 'group' | 'fetch' | 'produce';

interface TopicMetadata {
  readonly errorCode: number;
  readonly partitions: ReadonlyMap<number, { readonly leader: number }>;
}

/** Nobody leads the partition at the moment. */
const NO_LEADER = -1;

/**
 * Brokers and leaders of a cluster as last heard, and connections to them. Does nothing by itself: it asks anew when told.
 *
 * Every request of this folder is in its last version without tagged fields (KIP-482). Brokers from Kafka 2.4 to 4.x speak
 * them all, so nothing has to be agreed on first.
 */
export class Cluster {
  readonly connections: Connections;
  private brokers = new Map<number, Place>();
  private readonly topics = new Map<string, TopicMetadata>();

  constructor(
    readonly library: Library,
    readonly settings: KafkaSettings,
  ) {
    this.connections = new Connections(library, settings);
  }

  /** Learns where the brokers are and who leads the topics. A topic that cannot be had is no error here. */
  async refresh(topics: readonly string[]): Promise<void> {
    const { api } = this.library.metadataV8;
    const connection = await this.any();
    type Answer = Awaited<ReturnType<typeof api.async>>;
    const answer = await this.ask(connection, api, [...topics], false, false, false).catch((error: unknown): Answer => {
      const partly = answerIn<Answer>(error);
      if (partly === undefined) throw error;
      return partly;
    });
    this.brokers = new Map(answer.brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]));
    for (const { name, errorCode, partitions } of answer.topics) {
      const leaders = new Map(partitions.map(({ partitionIndex, leaderId }) => [partitionIndex, { leader: leaderId }]));
      if (name !== null) this.topics.set(name, { errorCode, partitions: leaders });
    }
  }

  /** The broker's word for what is wrong with a topic; undefined when it is there, or was not asked for. */
  problemOf(topic: string): string | undefined {
    const code = this.topics.get(topic)?.errorCode ?? 0;
    return code === 0 ? undefined : this.errorName(code);
  }

  errorName(code: number): string {
    return this.library.protocolErrorsCodesById[code] ?? `error ${code}`;
  }

  /** @throws Unavailable when the topic is not known here */
  partitionsOf(topic: string): number {
    const known = this.topics.get(topic);
    if (!known || known.errorCode !== 0) {
      throw new Unavailable('kafka', `topic ${topic}: ${this.problemOf(topic) ?? 'nothing is known of it'}`);
    }
    return known.partitions.size;
  }

  hasPartition(topic: string, partition: number): boolean {
    return this.topics.get(topic)?.partitions.has(partition) === true;
  }

  /** Which broker leads a partition; undefined when none does, as far as is known. */
  leaderOf(topic: string, partition: number): number | undefined {
    const leader = this.topics.get(topic)?.partitions.get(partition)?.leader ?? NO_LEADER;
    return leader === NO_LEADER ? undefined : leader;
  }

  /** @throws Unavailable when the broker is not known or not reached */
  async broker(node: number, purpose: Purpose): Promise<Connection> {
    const place = this.brokers.get(node);
    if (!place) throw new Unavailable('kafka', `broker ${node} is not known`);
    return this.connections.to(place, purpose);
  }

  knows(node: number): boolean {
    return this.brokers.has(node);
  }

  /** A connection to whichever broker answers first: those known, then those of the settings. */
  async any(): Promise<Connection> {
    const places = [...this.brokers.values(), ...this.settings.brokers.map(placeOf)];
    let last: unknown;
    for (const place of places) {
      try {
        return await this.connections.to(place, 'metadata');
      } catch (error) {
        last = error;
      }
    }
    throw last;
  }

  /** Asks within the ordinary limit. */
  ask<Arguments extends unknown[], Answer>(
    connection: Connection,
    api: API<Arguments, Answer>,
    ...request: Arguments
  ): Promise<Answer> {
    return this.connections.ask(connection, api, this.settings.requestTimeoutMs, ...request);
  }
}

function placeOf(broker: string): Place {
  const colon = broker.lastIndexOf(':');
  return { host: broker.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(broker.slice(colon + 1)) };
}
