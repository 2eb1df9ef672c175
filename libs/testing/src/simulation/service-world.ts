import type { GatedRedis, ScriptRun } from './gated-redis.ts';
import { whole } from './random.ts';
import { SimulatedFleet } from './simulated-fleet.ts';
import { SimulatedGroup } from './simulated-group.ts';
import type { SimulatedMember } from './simulated-member.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import { SimulatedSender } from './simulated-sender.ts';
import { SimulatedTopics } from './simulated-topics.ts';
import type { Fault, Simulation, World } from './simulation.ts';

export interface ServiceWorldOptions {
  readonly simulation: Simulation;
  /** Begun for this simulation. */
  readonly redis: GatedRedis;
  /** Co-partitioned topics that the service consumes. */
  readonly inputs: readonly string[];
  readonly partitions: number;
  /** Scripts that nobody may run under an older fence. */
  readonly fenced: readonly string[];
  /** How long some freezes last: just longer than what a successor waits for. */
  readonly longFreezeMs?: number;
}

/** As long as a publish may be tried, about. */
const CUT_OFF_MS = 15_000;

/** At most so many processes are alive at a time. */
const MOST_PROCESSES = 3;

/** A service in two or three replicas between simulated topics and a real Redis, which may be lost once. */
export abstract class ServiceWorld implements World {
  readonly topics = new SimulatedTopics();
  readonly group: SimulatedGroup;
  readonly fleet: SimulatedFleet;
  /** How often Redis was lost so far. */
  losses = 0;
  protected readonly simulation: Simulation;
  protected readonly redis: GatedRedis;
  private readonly senders = new Map<SimulatedProcess, SimulatedSender>();
  /** The highest generation that raised each fence, since Redis was lost last. */
  private readonly raised = new Map<string, number>();

  constructor({ simulation, redis, inputs, partitions, fenced, longFreezeMs }: ServiceWorldOptions) {
    this.simulation = simulation;
    this.redis = redis;
    this.group = new SimulatedGroup(simulation, this.topics, inputs, partitions);
    const boot = (process: SimulatedProcess, member: SimulatedMember) => {
      const sender = new SimulatedSender(simulation, this.topics, process);
      this.senders.set(process, sender);
      this.boot(process, member, sender);
    };
    this.fleet = new SimulatedFleet(simulation, this.group, boot, longFreezeMs);
    redis.onScript = (run) => {
      this.checkFence(run, fenced);
      this.scriptRan(run);
    };
  }

  start(): void {
    this.fleet.start(2 + whole(this.simulation.data, MOST_PROCESSES - 1));
  }

  faults(): Fault[] {
    const senders = [...this.senders].filter(([process]) => process.alive).flatMap(([, sender]) => sender.faults());
    const cuts = this.fleet.running.map((process) => this.cutOff(process));
    return [...this.fleet.faults(), ...cuts, ...senders, ...this.redis.faults(), ...this.lossFaults()];
  }

  isSettled(): boolean {
    return this.isAllWritten() && this.unfinished().length === 0;
  }

  abstract atEnd(): void;

  describe(): string {
    return `not committed: ${this.unfinished().join(', ')}`;
  }

  /** Starts the service in a process. */
  protected abstract boot(process: SimulatedProcess, member: SimulatedMember, sender: SimulatedSender): void;

  /** Nothing more will come in. */
  protected abstract isAllWritten(): boolean;

  /** Redis has run a script. */
  protected scriptRan(_run: ScriptRun): void {}

  /** Redis has just been lost. */
  protected redisLost(): void {}

  private unfinished(): string[] {
    const { inputs, partitions, committed } = this.group;
    return inputs.flatMap((topic) =>
      Array.from({ length: partitions }, (_, partition) => this.topics.log(topic, partition))
        .flat()
        .filter((record) => record.topic === topic)
        .filter(({ partition, offset }) => offset >= (committed.get(`${topic}/${partition}`) ?? 0))
        .map(({ partition, offset }) => `${topic}/${partition}/${offset}`),
    );
  }

  /** What it publishes arrives after others have taken over, if at all. */
  private cutOff(process: SimulatedProcess): Fault {
    return {
      kind: 'cut off from Kafka',
      label: `${process.name} is cut off from Kafka at its next publish`,
      weight: this.simulation.isBusy(process) ? 0.7 : 0.05,
      run: (detail) => this.cutOffAtNextPublish(process, detail),
    };
  }

  /** @param detail from 0 to below 1: for how long */
  protected cutOffAtNextPublish(process: SimulatedProcess, detail: number, withRedis = false): void {
    const flush = () => (this.losses > 0 ? undefined : this.loseRedis(false));
    this.senders.get(process)?.cutOff(CUT_OFF_MS * (0.3 + 0.7 * detail), () => {
      this.fleet.dropMember(process);
      if (withRedis) this.simulation.add('Redis is flushed', flush);
    });
  }

  /** Redis is lost alone, or with the machine of a process that is at work. */
  private lossFaults(): Fault[] {
    const busy = this.fleet.running.filter((process) => this.simulation.isBusy(process));
    if (this.losses > 0 || busy.length === 0) return [];
    const together = (process: SimulatedProcess): Fault[] => [
      {
        kind: 'lost Redis',
        label: `${process.name} crashes, and Redis with it`,
        weight: 0.7,
        run: () => (this.fleet.crash(process), this.loseRedis(true)),
      },
      {
        kind: 'lost Redis',
        label: `${process.name} freezes, and Redis is flushed`,
        weight: 0.7,
        run: (detail) => (this.fleet.freeze(process, detail), this.loseRedis(false)),
      },
      {
        kind: 'lost Redis',
        label: `the next publish of ${process.name} is lost, and Redis is flushed`,
        weight: 0.7,
        run: () => (this.senders.get(process)?.lose('request'), this.loseRedis(false)),
      },
      {
        kind: 'lost Redis',
        label: `${process.name} is cut off from Kafka at its next publish, and Redis is flushed`,
        weight: 0.7,
        run: (detail) => this.cutOffAtNextPublish(process, detail, true),
      },
    ];
    return [
      { kind: 'lost Redis', label: 'Redis is flushed', weight: 0.4, run: () => this.loseRedis(false) },
      { kind: 'lost Redis', label: 'Redis dies and comes back empty', weight: 0.4, run: () => this.loseRedis(true) },
      ...busy.flatMap(together),
    ];
  }

  protected async loseRedis(restart: boolean): Promise<void> {
    this.losses++;
    this.raised.clear();
    await this.redis.lose(restart);
    this.redisLost();
  }

  /** A script under an older fence than the highest that was raised has no effect. */
  private checkFence({ script, keys, args, reply }: ScriptRun, fenced: readonly string[]): void {
    const key = keys[0] ?? '';
    if (script === 'raise-fence') {
      const [answer, token] = reply as [string, string];
      if (answer !== 'refused') this.raised.set(key, Math.max(this.raised.get(key) ?? 0, generationOf(token)));
    } else if (fenced.includes(script) && generationOf(args[0]!) < (this.raised.get(key) ?? 0)) {
      this.simulation.violate(`stale: ${script} was done under ${args[0]}, after ${key} was raised further`);
    }
  }
}

/** Of a token `<run id>|<epoch>.<generation>`. */
const generationOf = (token: string): number => Number(/\.(\d+)/.exec(token)?.[1] ?? 0);
