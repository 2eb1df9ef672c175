import { decodeEvent, parkedTopic, TOPICS, type TopicDefinition } from '@heliograph/contracts';
import type { SessionReader } from '@heliograph/conversations';
import type { TopicReader } from '@heliograph/kafka';
import type { LedgerStore, PublishedOutcome, RedisClient } from '@heliograph/redis';
import { sleep, Unavailable, type Log } from '@heliograph/runtime';
import { COMMAND_TOPICS } from '../commands/command-topics.ts';
import { SERVICE } from '../config.ts';
import type { Route, RouteStore } from '../routes/route.store.ts';
import type { DoubtStore } from './doubt.store.ts';
import { collect } from './published-outcomes.ts';

const BATCH = 500;

/** A publish has 5 s (its deadline is checked before each try), a try 3 s; so long after the loss none is under way. */
const PUBLISHES_END_MS = 8_500;

/** session-state rebuilds at the same time and takes about as long; whoever waits longer is asked again. */
const SESSIONS_WITHIN_MS = 15_000;
const LOOK_AGAIN_MS = 100;

/** How far a topic of commands was worked off. */
interface Input {
  readonly topic: TopicDefinition;
  /** Undefined: never committed. */
  readonly watermark: number | undefined;
  readonly end: number;
  /** Whether everything on it has ended. */
  readonly isQuiet: boolean;
}

export interface LedgerRebuildDeps {
  readonly topics: TopicReader;
  readonly redis: RedisClient;
  readonly ledger: LedgerStore;
  readonly routes: RouteStore;
  readonly sessions: Pick<SessionReader, 'isWhole'>;
  readonly doubt: DoubtStore;
  readonly log: Pick<Log, 'info'>;
}

/**
 * Brings the send ledger and the routes of a partition back after Redis was lost: outcomes and opened conversations are
 * reread from `conversation.outbound`. Commands from the watermark on that were on the topic by then and have no outcome are in
 * doubt, because an attempt may have begun before the loss; they are marked from here on. A parked command counts by the
 * offset it had.
 *
 * A group that never committed on the partition has not even read there, so nothing can have been begun: a first start. (The
 * consumer commits within a second of the first record it sees. Only a loss of Redis *and* of the process in that second would
 * pass for a first start; a loss of Redis alone does not, because `workedBefore` is known to the process.)
 */
export class LedgerRebuild {
  constructor(private readonly deps: LedgerRebuildDeps) {}

  /**
   * Ends when the sessions of the partition are back, too: without them every window is closed and no customer has written.
   *
   * @param workedBefore whether this process has been admitted to the partition before
   * @throws Unavailable when Redis or Kafka cannot be reached, or session-state has not rebuilt the partition in time
   */
  async run(partition: number, workedBefore: boolean): Promise<void> {
    const { redis, doubt, log } = this.deps;
    const since = await redis.time();
    const inputs = await Promise.all(COMMAND_TOPICS.map((topic) => this.input(topic, partition)));
    if (inputs.every(({ watermark }) => watermark === undefined) && !workedBefore) return;
    if (!inputs.every(({ isQuiet }) => isQuiet)) await sleep(PUBLISHES_END_MS);
    const outcomes = await this.restore(partition);
    // Only now: an owner that does not know of the loss yet may have begun what came meanwhile.
    const ends = inputs.map(async ({ topic, end }) => [topic.name, await this.endOf(topic, partition, end)] as const);
    const below = Object.fromEntries(await Promise.all(ends));
    await doubt.record(partition, { below, since });
    await this.sessionsBack(partition);
    const from = Object.fromEntries(inputs.map(({ topic, watermark = 0 }) => [topic.name, watermark]));
    log.info({ partition, outcomes, from, below }, 'send ledger reread; commands in doubt are marked');
  }

  /** A commit comes after the outcome was acknowledged: with everything committed nothing is under way. */
  private async input(topic: TopicDefinition, partition: number): Promise<Input> {
    const { topics } = this.deps;
    const parkedOf = parkedTopic(topic, SERVICE);
    const watermark = await topics.committed(SERVICE, topic, partition);
    const parked = (await topics.committed(SERVICE, parkedOf, partition)) ?? 0;
    const end = await this.endOf(topic, partition, watermark ?? 0);
    const isQuiet = end === (watermark ?? 0) && (await this.endOf(parkedOf, partition, parked)) === parked;
    return { topic, watermark, end, isQuiet };
  }

  /** @returns how many outcomes were on the topic */
  private async restore(partition: number): Promise<number> {
    const { topics, ledger, routes } = this.deps;
    const outcomes: PublishedOutcome[] = [];
    const known = new Map<string, Partial<Route>>();
    let count = 0;
    const flush = async () => {
      const batch = outcomes.splice(0);
      count += batch.length;
      await ledger.restore(partition, batch);
      await Promise.all([...known].map(([conversation, route]) => routes.restore(partition, conversation, route)));
      known.clear();
    };
    await topics.read(TOPICS.conversationOutbound, partition, {
      visit: (record) => {
        const decoded = decodeEvent(TOPICS.conversationOutbound.name, record);
        if (decoded.ok) collect(decoded.event, outcomes, known);
        return outcomes.length + known.size < BATCH ? undefined : flush();
      },
    });
    await flush();
    return count;
  }

  private async sessionsBack(partition: number): Promise<void> {
    const until = Date.now() + SESSIONS_WITHIN_MS;
    while (!(await this.deps.sessions.isWhole(partition))) {
      if (Date.now() > until) throw new Unavailable('session-state', `it has not rebuilt partition ${partition} yet`);
      await sleep(LOOK_AGAIN_MS);
    }
  }

  private async endOf(topic: TopicDefinition, partition: number, from: number): Promise<number> {
    const read = { from, visit: () => undefined };
    return (await this.deps.topics.read(topic, partition, read)).next;
  }
}
