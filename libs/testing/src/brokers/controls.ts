import type { ManagedProcess } from '../processes/managed-process.ts';

/** Where a broker came from: named by the environment, a container, or a process of this machine. */
export type Way = 'given' | 'docker' | 'local';

/** Reports progress to whoever started the brokers, one line each. */
export type Say = (line: string) => void;

/** What can be done to a broker of one's own, for tests of its loss. Addresses stay the same throughout. */
export interface Controls {
  /** Ends it in order. Data of a temporary broker are removed. */
  stop(): Promise<void>;
  /** Ends it as a crash would; {@link restart} brings it back. */
  kill(): Promise<void>;
  /** Starts it again, after a kill or from running, and waits until it serves. `empty` loses its data first. */
  restart(options?: { empty?: boolean }): Promise<void>;
  /** Freezes it: connections stay open and nothing is answered. */
  pause(): Promise<void>;
  resume(): Promise<void>;
}

export interface RunningKafka extends Controls {
  readonly way: Exclude<Way, 'given'>;
  readonly brokers: string[];
  /** The process as it is now; undefined for a container. */
  readonly process: ManagedProcess | undefined;
}

/** Several nodes that are one Kafka; each can be harmed by itself. */
export interface RunningKafkaCluster {
  readonly brokers: string[];
  /** Node ids are 1, 2, 3 in this order. */
  readonly nodes: readonly RunningKafka[];
  stop(): Promise<void>;
}

export interface RunningRedis extends Controls {
  readonly way: Exclude<Way, 'given'>;
  readonly url: string;
  readonly process: ManagedProcess | undefined;
}

/** What a way of starting a broker needs to know. */
export interface PlaceOptions {
  /** Holds data and log. */
  folder: string;
  pidFolder: string;
  say: Say;
  /** The folder goes with the broker. */
  temporary?: boolean;
}
