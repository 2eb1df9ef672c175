import { encodeEvent, headerText, TOPICS, type SessionSnapshot, type TimelineEntry } from '@heliograph/contracts';
import { EarlyStops } from '@heliograph/consent';
import { connectKafka, DeadLetterWriter, EventPublisher, LaneConsumer } from '@heliograph/kafka';
import { FencedGate, type RedisClient } from '@heliograph/redis';
import {
  ServiceWorld,
  SimulatedReader,
  whole,
  type Fault,
  type GatedRedis,
  type ScriptRun,
  type SimulatedMember,
  type SimulatedProcess,
  type SimulatedSender,
  type Simulation,
  type StoredRecord,
} from '@heliograph/testing';
import { publishMsOf, SERVICE, SessionStateConfig } from '../../src/config.ts';
import { nextDeadline } from '../../src/fold/deadline/deadlines.ts';
import type { Fact } from '../../src/fold/facts.ts';
import { RebuildStore } from '../../src/rebuild/rebuild.store.ts';
import { INPUTS, SessionRebuild } from '../../src/rebuild/session-rebuild.ts';
import { SessionPublisher } from '../../src/sessions/session.publisher.ts';
import { SessionStore } from '../../src/sessions/session.store.ts';
import { SessionsService } from '../../src/sessions/sessions.service.ts';
import { factsOf } from '../fact-builders.ts';
import { RULES } from '../fold-rules.ts';

const CONTACTS = ['15550100001', '15550100002'];
const FACTS = 8;
const INBOUND = TOPICS.conversationInbound.name;
const OUTBOUND = TOPICS.conversationOutbound.name;
const deadlineOf = (state: SessionSnapshot): number | undefined => nextDeadline(state, RULES.deadlines);

/** Long, so that publishes meet takeovers and rebuilds. */
const config = Object.assign(new SessionStateConfig(), { publishDeadlineMs: 15_000 });
const kafka = connectKafka({ brokers: ['nowhere:1'], clientId: 'simulation', conversationPartitions: 1 });

/** What a wrong variant replaces. */
export interface NumberingVariant {
  /** How long a rebuild waits for publishes that were begun before the loss, milliseconds. */
  readonly rebuildWaitsMs?: number;
  readonly withoutTail?: boolean;
  /** The order of snapshots is broken on purpose, and not what is looked for. */
  readonly snapshotsSwap?: boolean;
}

/** What a reader of the timeline has seen of a conversation, which drops numbers not above the last. */
interface Reading {
  readonly facts: string[];
  readonly offsets: Map<string, number>;
}

/** session-state: fold, outbox, publisher's stamp, snapshots, the rebuild after Redis was lost. */
export class NumberingWorld extends ServiceWorld {
  private readonly facts: { topic: string; fact: Fact }[];
  private readonly byPlace = new Map<string, Fact>();
  private readonly readings = new Map<string, Reading>();
  private readonly snapshots = new Map<string, number>();
  /** The fact whose entries were last put into each outbox. */
  private readonly outbox = new Map<string, string>();
  private written = 0;

  constructor(
    simulation: Simulation,
    redis: GatedRedis,
    private readonly variant: NumberingVariant = {},
  ) {
    const inputs = INPUTS.map(({ name }) => name);
    const longFreezeMs = publishMsOf(config) + 300;
    super({ simulation, redis, inputs, partitions: 1, fenced: ['take-session', 'write-sessions'], longFreezeMs });
    this.facts = Array.from({ length: FACTS }, (_, index) => this.fact(index));
    this.topics.onAppend((record) => this.appended(record));
    this.group.onCommit = (topic, _partition, offset) => this.checkCommit(topic, offset);
  }

  override start(): void {
    super.start();
    this.write();
  }

  override faults(): Fault[] {
    const busy = this.fleet.running.filter((process) => this.simulation.isBusy(process));
    return [...super.faults(), ...busy.map((process) => this.lateClear(process))];
  }

  atEnd(): void {
    for (const { fact } of this.facts) {
      if (!this.isOnTimeline(fact)) this.simulation.violate(`lost: ${fact.id} is not on the timeline`);
    }
    for (const [conversation, { facts }] of this.readings) {
      const snapshot = this.snapshots.get(conversation) ?? 0;
      if (snapshot !== facts.length && !this.variant.snapshotsSwap) {
        this.simulation.violate(`behind: the last snapshot says ${snapshot}, the timeline has ${facts.length} entries`);
      }
    }
  }

  /** It comes while a successor publishes the same again, whose publish comes after that of a third. */
  private lateClear(process: SimulatedProcess): Fault {
    const others = (detail: number) => {
      this.fleet.dropMember(process);
      for (const other of this.fleet.running)
        if (other !== process) this.cutOffAtNextPublish(other, 0.6 + 0.3 * detail);
    };
    return {
      kind: 'late clear',
      label: `the next clear of ${process.name} comes late, and its successor is cut off from Kafka`,
      weight: 0.5,
      run: (detail) =>
        this.redis.slowDown(process, 'clear-sessions', publishMsOf(config) + 6_000 * detail, () => others(detail)),
    };
  }

  protected isAllWritten(): boolean {
    return this.written === FACTS;
  }

  protected boot(process: SimulatedProcess, member: SimulatedMember, sender: SimulatedSender): void {
    const redis = this.redis.connect<RedisClient>(process);
    const { publishDeadlineMs, publishTryMs: tryTimeoutMs } = config;
    const options = { deadlineMs: publishDeadlineMs, tryTimeoutMs };
    const publisher = Object.assign(new EventPublisher(kafka, options), { sender }) as unknown as EventPublisher;
    const sessions = new SessionStore(redis, publishMsOf(config), deadlineOf, () => Date.now());
    const stops = new EarlyStops(redis, () => 0);
    const settings = { rules: RULES, clock: () => Date.now(), publishDeadlineMs, stops };
    const service = new SessionsService(sessions, new SessionPublisher(publisher), settings);
    const rebuild = new SessionRebuild({
      topics: new SimulatedReader(this.group, process),
      store: new RebuildStore(redis, deadlineOf),
      sessions,
      rules: RULES,
      publishMs: this.variant.rebuildWaitsMs ?? publishMsOf(config),
      log: { info: () => undefined },
    });
    if (this.variant.withoutTail) Object.assign(rebuild, { restoreTail: async () => 0 });
    const consumer = new LaneConsumer({
      topics: INPUTS,
      source: member,
      gate: new FencedGate(redis, {
        group: SERVICE,
        rebuild: (partition, generation) => rebuild.run(partition, generation),
      }),
      deadLetters: new DeadLetterWriter(publisher, SERVICE, new Map(INPUTS.map((topic) => [topic.name, topic]))),
      handle: (delivery) => service.handle(delivery.event as unknown as Fact, delivery),
      beforeDeadLetter: async (delivery, reason) =>
        this.simulation.violate(`lost: ${delivery.event.id} was dead-lettered: ${reason}`),
      onCrash: () => undefined,
      observer: { received() {}, finished() {}, failed() {}, dead() {}, event() {} },
    });
    void consumer.start();
  }

  /** What is removed from the outbox was published. */
  protected override scriptRan({ script, keys, args, reply }: ScriptRun): void {
    if (script === 'write-sessions') {
      for (const [at, written] of (reply as number[]).entries()) {
        if (written > 0) this.outbox.set(keys[3 * at + 2]!, args[10 * at + 5]!);
      }
    }
    if (script === 'restore-session') {
      if (args[7] === '') this.outbox.delete(keys[2]!);
      else this.outbox.set(keys[2]!, args[3]!);
    }
    if (script !== 'clear-sessions') return;
    for (const [at, key] of keys.entries()) {
      if ((reply as number[])[at] === 0) continue;
      if (this.outbox.get(key) !== args[2 * at + 1])
        this.simulation.violate(`lost: ${key} was cleared of what was not published`);
      this.outbox.delete(key);
    }
  }

  protected override redisLost(): void {
    this.outbox.clear();
  }

  private isOnTimeline({ id, type, data }: Fact): boolean {
    // A receipt that says nothing new gives no entry.
    return type === 'message.status-reported' || !!this.readings.get(data.conversationId)?.facts.includes(id);
  }

  private appended(record: StoredRecord): void {
    if (record.topic === TOPICS.conversationTimeline.name) {
      const entry = JSON.parse(record.value!.toString()) as TimelineEntry;
      this.read(entry, headerText(record, 'origin')!);
    } else if (record.topic === TOPICS.conversationSession.name) {
      const { conversationId, sequence } = JSON.parse(record.value!.toString()) as SessionSnapshot;
      const last = this.snapshots.get(conversationId) ?? 0;
      // On a compacted topic the last one stays.
      if (sequence < last && !this.variant.snapshotsSwap)
        this.simulation.violate(`stale: snapshot ${sequence} was published behind snapshot ${last}`);
      this.snapshots.set(conversationId, sequence);
    }
  }

  private read({ conversationId, sequence, factId }: TimelineEntry, origin: string): void {
    let reading = this.readings.get(conversationId);
    if (!reading) this.readings.set(conversationId, (reading = { facts: [], offsets: new Map() }));
    const { facts, offsets } = reading;
    const [topic = '', , offset] = origin.split('/');
    if (sequence <= facts.length) {
      const before = facts[sequence - 1];
      if (before !== factId) this.simulation.violate(`number ${sequence} was used for ${before} and for ${factId}`);
      return;
    }
    if (sequence > facts.length + 1) this.simulation.violate(`lost: number ${sequence} follows ${facts.length}`);
    if (facts.includes(factId)) this.simulation.violate(`repeated: ${factId} has number ${sequence}, too`);
    if (Number(offset) < (offsets.get(topic) ?? 0))
      this.simulation.violate(`swapped: ${factId} comes behind a later fact`);
    offsets.set(topic, Number(offset));
    facts.push(factId);
  }

  /** What is committed is on the timeline. */
  private checkCommit(topic: string, next: number): void {
    for (let offset = 0; offset < next; offset++) {
      const fact = this.byPlace.get(`${topic}/${offset}`)!;
      if (!this.isOnTimeline(fact))
        this.simulation.violate(`lost: ${topic} was committed to ${next} without ${fact.id}`);
    }
  }

  private fact(index: number): { topic: string; fact: Fact } {
    const { data } = this.simulation;
    const { received, sent, receipt, changed } = factsOf(CONTACTS[whole(data, CONTACTS.length)]!);
    const name = `f${index}`;
    const kinds = [
      () => received(name, 0),
      () => received(name, 0),
      () => sent(name, 0),
      () => sent(name, 0),
      () => changed(name, 'closed', 0),
      () => receipt(`f${whole(data, FACTS)}`, 'delivered', 0),
    ];
    const built = kinds[whole(data, kinds.length)]!();
    const at = new Date(Date.UTC(2026, 0, 1, 0, 0, index)).toISOString();
    const fact = { ...built, time: at, data: { ...built.data, at } } as Fact;
    return { topic: built.type === 'message.sent' ? OUTBOUND : INBOUND, fact };
  }

  /** Some facts come twice, as when the router has published again. */
  private write(): void {
    const { topic, fact } = this.facts[this.written++]!;
    const { data } = this.simulation;
    const times = whole(data, 5) === 0 ? 2 : 1;
    for (let time = 0; time < times; time++) {
      this.byPlace.set(`${topic}/${this.topics.log(topic, 0).length}`, fact);
      this.topics.append(topic, 0, encodeEvent(fact));
    }
    if (this.written < FACTS) this.simulation.later(whole(data, 4) * 500, () => this.write());
  }
}
