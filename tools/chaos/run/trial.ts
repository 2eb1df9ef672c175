import { setTimeout as delay } from 'node:timers/promises';
import { TOPICS } from '@heliograph/contracts';
import { portsTowards, recordsBehind, waitFor, type Replica, type System } from '@heliograph/testing';
import type { Evidence, Tally, Waking } from '../judge/evidence.ts';
import { judge } from '../judge/judge.ts';
import type { Numbers } from '../load/conversation.ts';
import { InFlight } from '../load/in-flight.ts';
import { Load, type LoadPlan } from '../load/load.ts';
import type { Random } from '../random.ts';
import { Orchestrator } from './orchestrator.ts';
import type { Stage } from './stage.ts';
import type { Witnesses } from './witnesses.ts';

/** A fault that hits fewer records does not count. */
export const LEAST_IN_FLIGHT = 500;
/** Enough above it that those which end between the look and the fault do not matter. */
const LOAD: LoadPlan = { conversations: 120, mostInFlight: 650, customerMessagesPerSecond: 20 };
/** Customers who write at the moment of a fault, over the steady ones. */
const BURST = 120;
/** Between two faults, at most: the next may come while the last one is still felt. */
const PAUSE_MS = 3_000;
/** Within which a fault strikes once enough is in flight. */
const MOMENT_MS = 400;
const PRESSURE_MS = 60_000;
/** What has not ended when for so long nothing has: more than the minute that an event waits for its conversation. */
const STILL_MS = 100_000;
const SETTLE_MS = 15 * 60_000;
const LOOK_MS = 500;
/** Who works on what on the way of a record: all of it is committed when a row is over. */
const LINE = [
  ['dedup-router', TOPICS.webhookReceived],
  ['outbound-dispatcher', TOPICS.conversationCommand],
  ['session-state', TOPICS.conversationInbound],
  ['session-state', TOPICS.conversationOutbound],
  ['crm-sync', TOPICS.conversationTimeline],
] as const;

export interface TrialOptions {
  row: string;
  stage: Stage;
  random: Random;
  numbers: Numbers;
  short: boolean;
  say: (line: string) => void;
  load?: Partial<LoadPlan>;
}

/** One row: load in both directions, faults that strike it, and what became of every record. */
export class Trial {
  readonly row: string;
  readonly system: System;
  readonly stage: Stage;
  readonly witnesses: Witnesses;
  readonly random: Random;
  readonly numbers: Numbers;
  readonly short: boolean;
  readonly inFlight = new InFlight();
  readonly load: Load;
  /** False while the provider tells the events of a conversation in any order. */
  toldInOrder = true;
  readonly #say: (line: string) => void;
  readonly #wakings: Waking[] = [];
  #orchestrator: Orchestrator | undefined;

  constructor({ row, stage, random, numbers, short, say, load }: TrialOptions) {
    this.row = row;
    this.stage = stage;
    this.system = stage.system;
    this.witnesses = stage.witnesses;
    this.random = random;
    this.numbers = numbers;
    this.short = short;
    this.#say = say;
    const plan = { ...LOAD, ...(short && { conversations: 60 }), ...load };
    this.load = new Load({ row, system: this.system, inFlight: this.inFlight, random, numbers, plan });
  }

  /** Everything before belongs to other rows. */
  async begin(): Promise<void> {
    await this.witnesses.begin((id) => this.inFlight.end(id));
    this.#orchestrator = new Orchestrator(this.system);
  }

  /** @returns names of the processes that ended by themselves and were started again, one for each time */
  async end(): Promise<readonly string[]> {
    await this.#orchestrator?.stop();
    return this.#orchestrator?.restarted ?? [];
  }

  say(line: string): void {
    this.#say(`${this.row}: ${line}`);
  }

  /** How often a fault is repeated: once in a short run. */
  times(count: number): number {
    return this.short ? 1 : count;
  }

  /**
   * Waits until enough is in flight, then a random moment, and strikes.
   *
   * @returns what the fault returns, when it is over
   */
  async strike<T>(what: string, fault: () => Promise<T>): Promise<T> {
    await delay(this.random.between(0, PAUSE_MS));
    const enough = (): boolean => this.inFlight.count >= LEAST_IN_FLIGHT;
    const options = { timeoutMs: PRESSURE_MS, intervalMs: 5, description: `${LEAST_IN_FLIGHT} records are in flight` };
    await waitFor(enough, options);
    const struck = async (): Promise<T> => {
      await delay(this.random.between(0, MOMENT_MS));
      await waitFor(enough, options);
      const { inFlight } = this.inFlight.strike(what);
      this.say(`${what}, with ${inFlight} in flight`);
      return fault();
    };
    const [result] = await Promise.all([struck(), this.load.burst(BURST)]);
    return result;
  }

  /** Freezes a process for so long and wakes it; what it then sends of what it had begun is told apart. */
  async freeze(replica: Replica, ms: number): Promise<void> {
    replica.freeze();
    const ports = portsTowards(replica.pid, Number(new URL(this.system.simulator.address).port));
    await delay(ms);
    this.#wakings.push({ at: Date.now(), ports });
    replica.thaw();
  }

  /**
   * Waits until nothing is under way any more: told events have been delivered, every record has ended, and the groups have
   * committed everything. What is missing when nothing has ended for a while is lost.
   */
  async settle(): Promise<Tally> {
    let left = Infinity;
    let movedAt = Date.now();
    const settled = async (): Promise<boolean> => {
      const open = await this.#open();
      if (open !== left) movedAt = Date.now();
      left = open;
      return open === 0;
    };
    const giveUp = (): Error | undefined =>
      Date.now() - movedAt > STILL_MS ? new Error('nothing ends any more') : undefined;
    const options = { timeoutMs: SETTLE_MS, intervalMs: LOOK_MS, description: 'everything has ended', giveUp };
    // What is missing then is counted.
    await waitFor(settled, options).catch(() => undefined);
    return this.tally();
  }

  /** What is still under way, in records: deliveries, ends and commits that are to come. */
  async #open(): Promise<number> {
    const { brokers, namespace } = this.system;
    const under = (await this.system.simulator.pending()) + this.inFlight.count;
    // A look at all evidence costs too much while it is known to be incomplete.
    if (under > 0) return under;
    let sum = (await this.tally()).lost;
    for (const [group, topic] of LINE) sum += await recordsBehind(brokers, namespace + group, this.system.topic(topic));
    return sum;
  }

  async tally(): Promise<Tally> {
    return judge(await this.evidence());
  }

  evidence(): Promise<Evidence> {
    const { commands } = this.load;
    return this.witnesses.evidence({ commands, toldInOrder: this.toldInOrder, wakings: this.#wakings });
  }
}
