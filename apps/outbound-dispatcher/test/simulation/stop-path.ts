import type { SendMessage } from '@heliograph/contracts';
import { NOTHING_SAID, Subjects, type KnownConsent } from '@heliograph/consent';
import { FreshnessRound, type Delivery, type FreshnessSource } from '@heliograph/kafka';
import { ConsentGate } from '../../src/consent/consent-gate.ts';
import { smsCommand } from '../commands.ts';

type Round = Pick<FreshnessRound<number>, 'look' | 'reach'>;
type Known = (contact: string) => Promise<KnownConsent>;

/** What a variant may do differently. */
export interface StopVariant {
  readonly round: (source: FreshnessSource<number>, stage: 'router' | 'sessions') => Round;
  /** The mark of all partitions of the router together. */
  readonly together: (marks: readonly number[]) => number;
  /** Whether a message of a campaign may go to a contact now. */
  readonly mayGo: (command: SendMessage, known: Known, isCurrent: () => boolean) => Promise<boolean>;
}

const subjects = new Subjects('a key of thirty-two bytes or more');

export const AS_BUILT: StopVariant = {
  round: (source) => new FreshnessRound(source),
  together: (marks) => Math.min(...marks),
  mayGo: async (command, known, isCurrent) => {
    const gate = new ConsentGate({ known: () => known(command.contact) }, subjects, isCurrent);
    return (await gate.now(command, { partition: 0 } as Delivery)) === undefined;
  },
};

/** Steps of time within which a STOP must have its effect. */
const LIMIT = 80;
const PARTITIONS = [0, 1];
const CONTACTS = 4;

interface Stop {
  readonly contact: number;
  readonly at: number;
}

/** One partition of a stage: how far it is with its input. */
class Worker {
  done = 0;
  isLooking = false;

  constructor(
    readonly stage: 'router' | 'sessions',
    readonly partition: number,
    readonly round: Round,
  ) {}
}

/**
 * The way of a STOP from its acknowledgement over the router and the fold of its conversation into Redis, and messages of campaigns
 * that leave meanwhile. Time is the number of steps; answers are of any moment between question and arrival.
 */
export class StopPath {
  readonly problems: string[] = [];
  /** Messages that were let go. */
  gone = 0;
  private now = 0;
  private readonly stops: Stop[] = [];
  private readonly logs = { router: PARTITIONS.map((): Stop[] => []), sessions: PARTITIONS.map((): Stop[] => []) };
  private readonly marks = { router: PARTITIONS.map(() => -Infinity), sessions: PARTITIONS.map(() => -Infinity) };
  private readonly inRedis = new Set<number>();
  private view = PARTITIONS.map(() => -Infinity);
  private readonly pending: (() => void)[] = [];
  private readonly workers: Worker[];

  constructor(private readonly variant: StopVariant) {
    const stages = ['router', 'sessions'] as const;
    this.workers = stages.flatMap((stage) => PARTITIONS.map((partition) => this.worker(stage, partition)));
  }

  async step(kind: number, choice: number): Promise<void> {
    this.now++;
    const worker = this.workers[choice % this.workers.length]!;
    const acts = [
      () => this.acknowledge(choice),
      () => this.handle(worker, choice % 3),
      () => this.workers.forEach((one) => this.look(one)),
      () => this.arrive(choice),
      () => this.workers.forEach((one) => this.mark(one)),
      () => this.readMarks(),
      () => this.send(choice % CONTACTS),
    ];
    acts[kind % acts.length]!();
    for (let turn = 0; turn < 6; turn++) await Promise.resolve();
  }

  private worker(stage: Worker['stage'], partition: number): Worker {
    const ends = () => this.later(() => new Map([[partition, this.logs[stage][partition]!.length]]));
    const asOf = () => this.later(() => (stage === 'router' ? this.now : this.variant.together(this.marks.router)));
    return new Worker(stage, partition, this.variant.round({ asOf, ends }, stage));
  }

  private later<T>(answer: () => T): Promise<T> {
    return new Promise((resolve) => {
      this.pending.push(() => {
        const value = answer();
        this.pending.push(() => resolve(value));
      });
    });
  }

  private arrive(choice: number): void {
    for (let some = 0; some < 12; some++) this.pending.splice(choice % (this.pending.length || 1), 1)[0]?.();
  }

  private acknowledge(choice: number): void {
    const stop = { contact: choice % CONTACTS, at: this.now };
    this.stops.push(stop);
    // By provider conversation: not the partition of the contact's conversation.
    this.logs.router[(choice >> 3) % PARTITIONS.length]!.push(stop);
  }

  private handle(worker: Worker, most: number): void {
    const { stage, partition } = worker;
    for (const stop of this.logs[stage][partition]!.slice(worker.done, worker.done + 1 + most)) {
      if (stage === 'router') this.logs.sessions[stop.contact % PARTITIONS.length]!.push(stop);
      else this.inRedis.add(stop.contact);
      worker.done++;
    }
  }

  private look(worker: Worker): void {
    if (worker.isLooking) return;
    worker.isLooking = true;
    void worker.round.look().then(() => (worker.isLooking = false));
  }

  private mark({ stage, partition, round, done }: Worker): void {
    const moment = round.reach(partition, done);
    const marks = this.marks[stage];
    if (moment !== undefined) marks[partition] = Math.max(marks[partition]!, moment);
  }

  private readMarks(): void {
    void this.later(() => [...this.marks.sessions]).then((marks) => {
      this.view = this.view.map((known, partition) => Math.max(known, marks[partition]!));
    });
  }

  private send(contact: number): void {
    const asked = this.now;
    const command = smsCommand('account-1', { class: 'campaign', contact: `+1555000${contact}` });
    const isCurrent = () => this.now - this.view[contact % PARTITIONS.length]! <= LIMIT;
    const stop = { at: 0, changeId: '0f1c3c1e-7a60-5e0e-9c4e-5f0a0d0a7a06' };
    const known = () =>
      this.later(() => ({ purposes: NOTHING_SAID, stop: this.inRedis.has(contact) ? stop : undefined }));
    void this.variant.mayGo(command, known, isCurrent).then((mayGo) => mayGo && this.goes(contact, asked));
  }

  private goes(contact: number, asked: number): void {
    this.gone++;
    const late = this.stops.find((stop) => stop.contact === contact && stop.at < asked - LIMIT);
    if (late) this.problems.push(`contact ${contact} said no at ${late.at} and is written to at ${asked}`);
  }
}
