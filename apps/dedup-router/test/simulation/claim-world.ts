import { deadLetterTopic, encodeEvent, headerText, TOPICS, type CloudEvent } from '@heliograph/contracts';
import {
  connectKafka,
  DeadLetterWriter,
  EventPublisher,
  LaneConsumer,
  type Delivery,
  type PartitionGate,
} from '@heliograph/kafka';
import { ClaimStore, FencedGate, type RedisClient } from '@heliograph/redis';
import {
  guideMessage,
  oneOf,
  ServiceWorld,
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
import { SERVICE } from '../../src/config.ts';
import type { MappingRebuild } from '../../src/mapping/mapping-rebuild.ts';
import { MappingStore } from '../../src/mapping/mapping.store.ts';
import { ConversationResolver } from '../../src/webhooks/conversation-resolver.ts';
import { ConversationKeys } from '../../src/webhooks/conversation-keys.ts';
import { WebhooksConsumer } from '../../src/webhooks/webhooks.consumer.ts';
import { accountsAsOfNow, LATE_ACCOUNT } from './late-accounts.ts';

const INPUT = TOPICS.webhookReceived;
const DEAD = deadLetterTopic(INPUT, SERVICE).name;
const PARTITIONS = 2;
const MOST_LANES = 2;
const MOST_EVENTS = 5;
const WRITES = 10;
const MEND_MS = [9_000, 20_000, 40_000];

const kafka = connectKafka({ brokers: ['nowhere:1'], clientId: 'simulation', conversationPartitions: PARTITIONS });
/** What a wrong variant replaces. */
export interface ClaimVariant {
  readonly claims?: (redis: RedisClient) => ClaimStore;
  readonly gate?: (redis: RedisClient) => PartitionGate;
  readonly delivery?: (delivery: Delivery) => Delivery;
  /** Every event is of the account that some replicas do not know. */
  readonly allLate?: boolean;
}

/**
 * The router: fence, claim, publish, dead letter. Events come several times, at other offsets and sometimes in other lanes; some
 * end dead, until an operator mends what was wrong and writes their dead letters back, some of them twice.
 */
export class ClaimWorld extends ServiceWorld {
  private left = WRITES;
  private isMended = false;
  private doomed: SimulatedProcess | undefined;
  /** Replays that an operator has begun. */
  private replaying = 0;
  /** Per partition. */
  private readonly lanes: number;
  private readonly events: CloudEvent[];
  private readonly replayed = new Set<string>();
  private readonly done = new Set<string>();
  private readonly late = new Set<string>();
  /** Claims that went on since Redis was lost last, with their origins. */
  private readonly claimed = new Set<string>();
  private readonly origins = new Map<string, string>();
  private readonly published = new Set<string>();

  constructor(
    simulation: Simulation,
    redis: GatedRedis,
    private readonly variant: ClaimVariant = {},
  ) {
    super({ simulation, redis, inputs: [INPUT.name], partitions: PARTITIONS, fenced: ['claim'] });
    this.lanes = 1 + whole(simulation.data, MOST_LANES);
    const events = 1 + whole(simulation.data, MOST_EVENTS);
    this.events = Array.from({ length: events }, (_, index) => this.event(index));
    this.topics.onAppend((record) => this.appended(record));
  }

  override start(): void {
    super.start();
    this.write();
    this.simulation.later(oneOf(this.simulation.data, MEND_MS), () => this.mend());
  }

  override faults(): Fault[] {
    const busy = this.fleet.running.filter((process) => this.simulation.isBusy(process));
    return [...super.faults(), ...(this.losses > 0 ? [] : busy.map((process) => this.zombie(process)))];
  }

  atEnd(): void {
    for (const { id } of this.events) {
      if (!this.published.has(id)) this.simulation.violate(`lost: event ${id} was never published`);
    }
  }

  protected isAllWritten(): boolean {
    return this.left === 0 && this.isMended && this.replaying === 0;
  }

  protected boot(process: SimulatedProcess, member: SimulatedMember, sender: SimulatedSender): void {
    const redis = this.redis.connect<RedisClient>(process);
    const publisher = Object.assign(new EventPublisher(kafka), { sender }) as unknown as EventPublisher;
    const mapping = new MappingStore(redis, publisher, 1);
    const isBehind = this.simulation.data() < (this.variant.allLate ? 0.8 : 0.5);
    const router = new WebhooksConsumer(
      this.variant.claims?.(redis) ?? new ClaimStore(redis, { group: SERVICE }),
      new ConversationResolver(
        accountsAsOfNow(() => (isBehind && !this.isMended ? 'few' : 'all')),
        mapping,
      ),
      mapping,
      {} as MappingRebuild,
      publisher,
      new ConversationKeys(),
    );
    const consumer = new LaneConsumer({
      topics: [INPUT],
      source: member,
      gate: this.variant.gate?.(redis) ?? new FencedGate(redis, { group: SERVICE }),
      deadLetters: new DeadLetterWriter(publisher, SERVICE, new Map([[INPUT.name, INPUT]])),
      handle: (delivery) => router.handle(delivery.event, this.variant.delivery?.(delivery) ?? delivery),
      onCrash: () => undefined,
      observer: { received() {}, finished() {}, failed() {}, dead() {}, event() {} },
    });
    void consumer.start();
  }

  /** It wakes on an empty Redis, and what it claims then it leaves behind. */
  private zombie(process: SimulatedProcess): Fault {
    const flush = async () => {
      if (this.losses > 0 || !process.alive) return;
      this.doomed = process;
      await this.loseRedis(false);
    };
    return {
      kind: 'lost Redis',
      label: `${process.name} freezes until Redis is flushed, and crashes at its next claim`,
      weight: 1,
      // Long enough for a successor to have done something.
      run: (detail) => this.fleet.freeze(process, 0.6 + 0.4 * detail, flush),
    };
  }

  /** A claim that was taken after the event was done leads to nothing. */
  protected override scriptRan({ script, keys, args, reply, process }: ScriptRun): void {
    if (script === 'claim') {
      if (process === this.doomed && process.alive) this.fleet.crash(process);
      const answers = reply as unknown[];
      for (const [at, claim] of keys.slice(1).entries()) {
        if (answers[at] === 0) continue;
        this.claimed.add(`${claim} ${args[2 * at + 2]}`);
        if (this.done.has(claim)) this.late.add(claim);
      }
    }
    if (script === 'finish-claim') {
      for (const [at, claim] of keys.entries()) if (args[3 * at + 1] === 'done') this.done.add(claim);
    }
    if (this.late.size > 0)
      this.simulation.violate(`repeated: ${[...this.late].join()} was claimed again after it was done`);
  }

  protected override redisLost(): void {
    this.done.clear();
    this.claimed.clear();
    // Claims begin anew, so a repeat may be taken for the first now; the fold downstream drops it by its id.
    this.origins.clear();
  }

  private appended(record: StoredRecord): void {
    if (record.topic === DEAD) this.replayOne();
    if (record.topic !== TOPICS.conversationInbound.name) return;
    const id = (JSON.parse(record.value!.toString()) as { content: { text: string } }).content.text;
    const origin = headerText(record, 'origin')!.split('>')[0]!;
    this.published.add(id);
    // Claimed before Redis was lost, and on its way since: whoever claimed it afterwards could not know.
    if (!this.claimed.has(`{p${origin.split('/')[1]}}:claim:${id} ${origin}`)) return;
    const first = this.origins.get(id) ?? origin;
    this.origins.set(id, first);
    if (first !== origin) this.simulation.violate(`repeated: event ${id} of ${first} was published for ${origin}, too`);
  }

  private event(index: number): CloudEvent {
    const { data } = this.simulation;
    const id = `e${index}`;
    const lane = `${index % PARTITIONS}-${whole(data, this.lanes)}`;
    const from = `+1555010000${index % 3}`;
    const message = guideMessage({ id, conversationId: `pc-${lane}`, from, text: id });
    const of = whole(data, 3) === 0 || this.variant.allLate ? LATE_ACCOUNT : 'known';
    return {
      id,
      type: INPUT.name.replace('.v1', ''),
      source: '/simulation',
      time: '2026-01-01T00:00:00Z',
      partitionKey: lane,
      extensions: { profile: 'genesys-guide', account: of },
      data: message,
    };
  }

  /** Each event comes at least once; what comes besides are repeats, some of them under another key. */
  private write(): void {
    const { data } = this.simulation;
    const { length } = this.events;
    const index = this.left > length ? whole(data, length) : length - this.left;
    this.left--;
    const event = this.events[index]!;
    const key = whole(data, 5) === 0 ? `${index % PARTITIONS}-other` : event.partitionKey;
    this.topics.append(INPUT.name, index % PARTITIONS, encodeEvent({ ...event, partitionKey: key }));
    if (this.left > 0) this.simulation.later(whole(data, 5) * 600, () => this.write());
  }

  private mend(): void {
    this.isMended = true;
    this.replayOne();
  }

  private deadLetters(): StoredRecord[] {
    return Array.from({ length: PARTITIONS }, (_, n) => this.topics.log(DEAD, n)).flat();
  }

  private replayOne(): void {
    const letter = this.deadLetters().find((one) => !this.replayed.has(placeOf(one)));
    if (!this.isMended || !letter) return;
    this.replayed.add(placeOf(letter));
    const origin = headerText(letter, 'replay-of')!;
    const times = this.simulation.data() < 0.2 ? 2 : 1;
    this.replaying += times;
    const replay = () => {
      this.replaying--;
      this.topics.append(INPUT.name, Number(origin.split('/')[1]), letter);
      this.replayOne();
    };
    for (let time = 0; time < times; time++) this.simulation.add(`an operator replays ${origin}`, replay);
  }
}

const placeOf = ({ partition, offset }: StoredRecord): string => `${partition}/${offset}`;
