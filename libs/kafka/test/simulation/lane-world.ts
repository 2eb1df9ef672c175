import { deadLetterTopic, encodeEvent, headerText, TOPICS } from '@heliograph/contracts';
import { FenceLost, Retryable, Unavailable } from '@heliograph/runtime';
import {
  oneOf,
  SimulatedFleet,
  SimulatedGroup,
  SimulatedSender,
  SimulatedTopics,
  whole,
  type Fault,
  type SimulatedMember,
  type SimulatedProcess,
  type Simulation,
  type World,
} from '@heliograph/testing';
import { connectKafka } from '../../src/cluster/kafka.ts';
import { DeadLetterWriter } from '../../src/consumer/dead-letters.ts';
import { LaneConsumer } from '../../src/consumer/lane-consumer.ts';
import type { Delivery } from '../../src/delivery.ts';
import { blocked, deadLetter, done, skip, type Outcome } from '../../src/outcome.ts';
import { EventPublisher } from '../../src/publisher/event-publisher.ts';

const INPUT = TOPICS.webhookReceived;
const GROUP = 'lanes';
const DEAD = deadLetterTopic(INPUT, GROUP).name;
const PARTITIONS = 2;
const KEYS = 3;
const RECORDS = 24;
const BEHAVIOURS = [
  'ok',
  'ok',
  'ok',
  'skip',
  'retry',
  'unavailable',
  'blocked',
  'wakes',
  'dead',
  'throws',
  'fails',
] as const;

const kafka = connectKafka({ brokers: ['nowhere:1'], clientId: 'simulation' });

interface Planned {
  readonly key: string;
  readonly behaviour: (typeof BEHAVIOURS)[number];
}

/**
 * The lane consumer alone: its scheduler, watermark, delays, back-pressure, retries and dead letters. What a handler does is
 * an effect under a fence, as a fenced script would do it: refused to whoever was admitted before somebody else.
 */
export class LaneWorld implements World {
  private readonly topics = new SimulatedTopics();
  private readonly group: SimulatedGroup;
  private readonly fleet: SimulatedFleet;
  private readonly plan = new Map<string, Planned>();
  private readonly senders: SimulatedSender[] = [];
  private readonly fences = new Map<number, number>();
  private readonly ended = new Set<string>();
  private readonly tried = new Map<string, number>();
  private readonly inWork = new Map<string, SimulatedProcess>();
  private readonly commits = new Map<number, number>();
  private written = 0;

  constructor(private readonly simulation: Simulation) {
    this.group = new SimulatedGroup(simulation, this.topics, [INPUT.name], PARTITIONS);
    this.fleet = new SimulatedFleet(simulation, this.group, (process, member) => this.boot(process, member));
    this.group.onCommit = (_topic, partition, offset) => this.checkCommit(partition, offset);
    this.topics.onAppend((record) => {
      if (record.topic === DEAD) this.ended.add(headerText(record, 'replay-of')!);
    });
  }

  start(): void {
    this.fleet.start(2 + whole(this.simulation.data, 2));
    this.write();
  }

  faults(): Fault[] {
    return [...this.fleet.faults(), ...this.senders.flatMap((sender) => sender.faults())];
  }

  isSettled(): boolean {
    return this.written === RECORDS && this.unfinished().length === 0;
  }

  atEnd(): void {
    if (this.ended.size !== RECORDS) this.simulation.violate(`${RECORDS} came in, ${this.ended.size} have ended`);
  }

  describe(): string {
    return `not committed: ${this.unfinished().join(', ')}`;
  }

  private unfinished(): string[] {
    return [...this.plan.keys()].filter((place) => {
      const [, partition, offset] = place.split('/');
      return Number(offset) >= (this.group.committed.get(`${INPUT.name}/${partition}`) ?? 0);
    });
  }

  /** Records come one after the other, so that some meet a rebalance. */
  private write(): void {
    if (this.written++ === RECORDS - 1) return this.writeOne();
    this.writeOne();
    this.simulation.later(whole(this.simulation.data, 4) * 400, () => this.write());
  }

  private writeOne(): void {
    const { data } = this.simulation;
    const partition = whole(data, PARTITIONS);
    const key = `${partition}-${whole(data, KEYS)}`;
    const id = `r${this.written}`;
    const parts = { id, type: INPUT.name.replace('.v1', ''), source: '/simulation', time: '2026-01-01T00:00:00Z' };
    const event = { ...parts, partitionKey: key, extensions: {}, data: {} };
    const offset = this.topics.log(INPUT.name, partition).length;
    this.plan.set(`${INPUT.name}/${partition}/${offset}`, { key, behaviour: oneOf(data, BEHAVIOURS) });
    this.topics.append(INPUT.name, partition, encodeEvent(event));
  }

  private boot(process: SimulatedProcess, member: SimulatedMember): void {
    const sender = new SimulatedSender(this.simulation, this.topics, process);
    this.senders.push(sender);
    const publisher = Object.assign(new EventPublisher(kafka), { sender }) as unknown as EventPublisher;
    const consumer = new LaneConsumer({
      topics: [INPUT],
      source: member,
      gate: { admit: (partition, generation) => this.admit(process, partition, generation) },
      deadLetters: new DeadLetterWriter(publisher, GROUP, new Map([[INPUT.name, INPUT]])),
      handle: (delivery) => this.handle(process, delivery),
      onCrash: () => undefined,
      observer: { received() {}, finished() {}, failed() {}, dead() {}, event() {} },
      workers: 2,
      attempts: 3,
      backOff: { firstMs: 100, maxMs: 1_000 },
      limits: { records: 4, bytes: 1e9, distance: 8 },
    });
    void consumer.start();
  }

  private step(process: SimulatedProcess, what: string): Promise<void> {
    return new Promise((resolve) => this.simulation.add(`${process.name} ${what}`, resolve, { owner: process }));
  }

  private async admit(process: SimulatedProcess, partition: number, generation: number): Promise<string> {
    await this.step(process, `raises the fence of ${partition} to ${generation}`);
    if ((this.fences.get(partition) ?? 0) > generation) throw new Error('a later generation holds the fence');
    this.fences.set(partition, generation);
    return String(generation);
  }

  private async handle(process: SimulatedProcess, delivery: Delivery): Promise<Outcome> {
    const { origin, partition, fence } = delivery;
    const planned = this.plan.get(origin)!;
    const lane = `${process.name} ${planned.key}`;
    if (this.inWork.has(lane)) this.simulation.violate(`two records of ${lane} are in work at a time`);
    this.inWork.set(lane, process);
    try {
      await this.step(process, `works on ${origin} of ${planned.key} (${planned.behaviour})`);
      if (this.fences.get(partition) !== Number(fence)) throw new FenceLost(partition);
      this.checkOrder(delivery, planned.key);
      const outcome = this.behave(planned.behaviour, delivery, process);
      if (outcome.kind === 'done' || outcome.kind === 'skipped') this.ended.add(origin);
      return outcome;
    } finally {
      this.inWork.delete(lane);
    }
  }

  /** Some fail a few times, some for good. */
  private behave(behaviour: Planned['behaviour'], { origin }: Delivery, process: SimulatedProcess): Outcome {
    const tries = (this.tried.get(origin) ?? 0) + 1;
    this.tried.set(origin, tries);
    if (behaviour === 'skip') return skip('planned');
    if (behaviour === 'dead') return deadLetter('planned');
    if (behaviour === 'throws') throw new TypeError('planned');
    if (behaviour === 'fails') throw new Retryable('planned');
    if (tries > 2 || behaviour === 'ok') return done;
    if (behaviour === 'retry') throw new Retryable('planned');
    if (behaviour === 'unavailable') throw new Unavailable('simulation', 'planned');
    if (behaviour === 'wakes') return blocked('planned', this.step(process, `is woken for ${origin}`));
    return blocked('planned', Date.now() + 700);
  }

  /** Order: when a record has its effect, all earlier ones of its key have ended. */
  private checkOrder({ partition, offset }: Delivery, key: string): void {
    for (let earlier = 0; earlier < offset; earlier++) {
      const place = `${INPUT.name}/${partition}/${earlier}`;
      if (this.plan.get(place)?.key === key && !this.ended.has(place)) {
        this.simulation.violate(`swapped: offset ${offset} of ${key} has its effect before ${earlier} has ended`);
      }
    }
  }

  /** Nothing lost: a commit passes only what has ended. */
  private checkCommit(partition: number, next: number): void {
    const before = this.commits.get(partition) ?? 0;
    if (next < before)
      this.simulation.violate(`partition ${partition} was committed to ${before}, then back to ${next}`);
    this.commits.set(partition, next);
    for (let offset = 0; offset < next; offset++) {
      const place = `${INPUT.name}/${partition}/${offset}`;
      if (!this.ended.has(place)) this.simulation.violate(`lost: ${next} was committed, but ${place} has not ended`);
    }
  }
}
