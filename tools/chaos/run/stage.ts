import {
  ONE_OF_EACH,
  Relay,
  startPrivateKafka,
  startPrivateKafkaCluster,
  startPrivateRedis,
  splitBrokers,
  System,
  type RunningKafka,
  type RunningKafkaCluster,
  type RunningRedis,
  type ServiceName,
  type SystemLimits,
} from '@heliograph/testing';
import { Witnesses } from './witnesses.ts';

/** What a row needs of the system it attacks. Rows with the same needs share one. */
export interface Needs {
  /** More than one of a service. */
  replicas?: Partial<Record<ServiceName, number>>;
  sessionTimeoutMs?: number;
  /** Kafka is harmed: `own` is one node, `cluster` three. Absent: Kafka is left alone. */
  kafka?: 'own' | 'cluster';
  /** Between the dispatcher and Redis stands something that can lose what it says. */
  relay?: boolean;
  /** Of the provider. */
  limit?: { requests: number; perSeconds: number };
  /** Others beside it. */
  limits?: SystemLimits;
  /** A sender of news with so many numbers. */
  newsNumbers?: number;
}

/** 80 a second: what is in flight waits for the budget, so that there is a backlog on a slow machine and on a fast one. */
const LIMIT = { requests: 100, perSeconds: 1 };
const SESSION_TIMEOUT_MS = 6_000;
const REQUEST_TIMEOUT_MS = 3_000;
const WEBHOOK = { receipts: [{ status: 'delivered', afterMs: 50 }] };

/** A running system, the brokers it runs on, and the witnesses who watch it. */
export interface Stage {
  readonly system: System;
  readonly witnesses: Witnesses;
  readonly redis: RunningRedis;
  /** Present when the row may harm it. */
  readonly kafka: RunningKafka | undefined;
  readonly cluster: RunningKafkaCluster | undefined;
  readonly relay: Relay | undefined;
}

type End = () => Promise<unknown>;

/** Keeps brokers for the whole run and a system for as long as rows can share it. */
export class Stages {
  readonly #say: (line: string) => void;
  readonly #given: string[] | undefined;
  readonly #ends: End[] = [];
  #redis: RunningRedis | undefined;
  #kafka: RunningKafka | undefined;
  #cluster: RunningKafkaCluster | undefined;
  #current: { key: string; stage: Stage; end: End } | undefined;

  constructor(environment: NodeJS.ProcessEnv, say: (line: string) => void) {
    this.#say = say;
    const { HELIOGRAPH_TEST_KAFKA: given } = environment;
    this.#given = given ? splitBrokers(given) : undefined;
  }

  /** The system of the row before, when it is what this row needs; else a new one. */
  async stageFor(needs: Needs): Promise<Stage> {
    const key = JSON.stringify(needs);
    if (this.#current?.key === key) return this.#current.stage;
    await this.leave();
    this.#redis ??= this.#own(await startPrivateRedis(this.#say));
    const relay = needs.relay ? await Relay.start(this.#redis.url) : undefined;
    const brokers = await this.#brokersFor(needs);
    this.#say('starting a system');
    const system = await this.#start(needs, brokers, relay);
    const witnesses = await Witnesses.start(system);
    const end = async (): Promise<void> => {
      await witnesses.close();
      await system.stop();
      await relay?.stop();
    };
    const kafka = needs.kafka === 'own' ? this.#kafka : undefined;
    const cluster = needs.kafka === 'cluster' ? this.#cluster : undefined;
    const stage = { system, witnesses, redis: this.#redis, kafka, cluster, relay };
    this.#current = { key, stage, end };
    return stage;
  }

  /** Of the present system's logs. */
  get folder(): string | undefined {
    return this.#current?.stage.system.folder;
  }

  /** Ends the present system: the next row gets a new one. */
  async leave(): Promise<void> {
    const current = this.#current;
    this.#current = undefined;
    await current?.end();
  }

  /** Ends everything, whatever fails. */
  async close(): Promise<void> {
    for (const end of [() => this.leave(), ...this.#ends.reverse()]) {
      await end().catch((error: Error) => this.#say(`not everything could be ended: ${error.message}`));
    }
  }

  async #brokersFor({ kafka }: Needs): Promise<string[]> {
    if (kafka === 'cluster') {
      this.#say('starting three Kafka nodes');
      return (this.#cluster ??= this.#own(await startPrivateKafkaCluster(this.#say))).brokers;
    }
    if (this.#given && !kafka) return this.#given;
    return (this.#kafka ??= this.#own(await startPrivateKafka(this.#say))).brokers;
  }

  #own<T extends { stop(): Promise<unknown> }>(started: T): T {
    this.#ends.push(() => started.stop());
    return started;
  }

  #start(needs: Needs, kafkaBrokers: string[], relay: Relay | undefined): Promise<System> {
    const { replicas, sessionTimeoutMs = SESSION_TIMEOUT_MS, limit = LIMIT, limits, newsNumbers } = needs;
    return System.start({
      name: 'chaos',
      area: 'chaos',
      kafkaBrokers,
      redisUrl: this.#redis!.url,
      services: { ...ONE_OF_EACH, ...replicas },
      settings: { SESSION_TIMEOUT_MS: String(sessionTimeoutMs) },
      settingsOf: relay && { 'outbound-dispatcher': { REDIS_URL: `redis://127.0.0.1:${relay.port}` } },
      ...{ limit, limits, newsNumbers },
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      webhook: WEBHOOK,
    });
  }
}
