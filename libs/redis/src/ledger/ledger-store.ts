import { randomBytes } from 'node:crypto';
import { Unavailable } from '@heliograph/runtime';
import { PartitionGathering } from '../client/gathering.ts';
import type { RedisClient } from '../client/redis-client.ts';
import { script } from '../client/script.ts';
import { partitionKey } from '../keys.ts';
import type {
  Asking,
  BeginAnswer,
  PublishedOutcome,
  Resolved,
  ScriptAnswer,
  SetAside,
  StoredEntry,
  Waiting,
} from './send-state.ts';
import { toAnswer, toLook } from './send-state.ts';

const BEGIN = script({ name: 'begin-send', file: new URL('./begin-send.lua', import.meta.url), keys: 'any' });
const FINISH = script({ name: 'finish-send', file: new URL('./finish-send.lua', import.meta.url), keys: 'any' });
const LOOK = script({ name: 'look-send', file: new URL('./look-send.lua', import.meta.url), keys: 'any' });
const RESTORE = script({ name: 'restore-sends', file: new URL('./restore-sends.lua', import.meta.url), keys: 'any' });

const DAY_MS = 86_400_000;
/** A script keeps Redis busy for about 10 µs per send. */
const MOST_PER_CALL = 64;

type Fields = (string | number)[];

/** One entry of {@link BEGIN}. */
interface JudgedEntry {
  readonly entryId: string;
  readonly window: string | undefined;
  readonly fields: Fields;
}

/** One entry of {@link FINISH}. */
interface FinishedEntry {
  readonly entryId: string;
  readonly fields: Fields;
}

interface Judged {
  readonly fence: string;
  /**
   * From the begin of an attempt until nothing of it can reach the provider any more, milliseconds: `sendWithinMs`, and the
   * longest a request whose first byte was in time can be under way.
   */
  readonly resolveAfterMs: number;
  /**
   * The command was read before Redis was lost, and the loss was noticed at this moment of Redis' clock
   * ({@link RedisClient.time}, in the rebuild). Without an outcome it counts as one attempt that may have been begun until then.
   */
  readonly doubtfulSince?: number;
  /**
   * Where the provider can be asked what became of an attempt: the one that it could not tell of, or '' before it was asked.
   * Undefined: it cannot be asked.
   */
  readonly asked?: string;
}

export interface BeginOptions extends Judged {
  /** From the call until the first byte must have left, milliseconds; less than `resolveAfterMs`. */
  readonly sendWithinMs: number;
  /** How often it may be sent again after an unknown outcome: transactional 1, campaign 0. */
  readonly resends: number;
  /**
   * Id of the attempt, {@link LedgerStore.newAttempt} by default. After `Unavailable` the same id begins the same attempt
   * again instead of leaving one of unknown outcome behind; only when no byte was sent under it.
   */
  readonly attempt?: string;
  /** A key of the same partition that holds a moment in ms; nothing is begun when it is missing or before `notBefore`. */
  readonly window?: { readonly key: string; readonly notBefore: number };
}

export interface RefuseOptions extends Judged {
  /** Why, for whoever publishes it. */
  readonly result: string;
}

export interface LedgerStoreOptions {
  readonly group: string;
  /** How long an entry is kept after its last change, 7 days by default. */
  readonly keepMs?: number;
}

/**
 * The send ledger: what was sent, so that a crash never sends twice silently. The rules are those of the model (dispatch.pml):
 *
 * - Beginning is fenced, finishing is not: a known answer counts as long as its attempt is the one in flight.
 * - Whoever finds an attempt in flight waits for its resolve-after, then calls its outcome unknown. As often as the policy
 *   allows, an unknown outcome is followed by a new attempt, marked as possibly repeated; after that the outcome is in doubt.
 *   A time-out in the living process is no different: `begin` again, which waits. Where the provider can be asked, it is asked
 *   first: what it says ends the attempt like an answer that came late.
 * - After Redis was lost, a command without an outcome counts as one unknown attempt, marked, with a fresh attempt id.
 * - What must not be sent any more is rejected, unless an earlier attempt's outcome is unknown: then it is in doubt.
 *
 * An entry stands for one effect at the provider; creating a conversation and sending into it have one each. What is asked
 * for a partition within one turn goes in one script.
 */
export class LedgerStore {
  readonly #redis: RedisClient;
  readonly #group: string;
  readonly #keepMs: number;
  readonly #process = randomBytes(9).toString('base64url');
  #attempts = 0;
  readonly #judgements = new PartitionGathering<JudgedEntry, ScriptAnswer>(MOST_PER_CALL, (partition, entries, fence) =>
    this.#judgeAll(partition, entries, fence),
  );
  readonly #finishes = new PartitionGathering<FinishedEntry, number>(MOST_PER_CALL, (partition, entries) =>
    this.#finishAll(partition, entries),
  );
  readonly #looks = new PartitionGathering<string, StoredEntry>(MOST_PER_CALL, (partition, entryIds) =>
    this.#lookAll(partition, entryIds),
  );

  constructor(redis: RedisClient, options: LedgerStoreOptions) {
    this.#redis = redis;
    this.#group = options.group;
    this.#keepMs = options.keepMs ?? 7 * DAY_MS;
  }

  /** An attempt id that nobody has used, before or after any loss of Redis. */
  newAttempt(): string {
    return `${this.#process}.${++this.#attempts}`;
  }

  /**
   * @throws FenceLost when the fence is missing or another one; nothing is begun then
   * @throws Unavailable when the answer did not come; the attempt may have been begun, see {@link BeginOptions.attempt}
   */
  begin(partition: number, entryId: string, options: BeginOptions): Promise<BeginAnswer> {
    const { sendWithinMs, resolveAfterMs } = options;
    if (!(sendWithinMs < resolveAfterMs)) {
      const reason = `sendWithinMs must be less than resolveAfterMs: ${sendWithinMs}, ${resolveAfterMs}`;
      return Promise.reject(new Error(reason));
    }
    // Counted from before the call, and resolve-after in Redis from during it: sent in time here is in time there.
    const sendBy = performance.now() + sendWithinMs;
    const attempt = options.attempt ?? this.newAttempt();
    return this.#judge(partition, entryId, 'begin', attempt, options).then(
      (answer) => toAnswer(answer, sendBy) as BeginAnswer,
    );
  }

  /**
   * Ends a message that must not be sent (any more), so that it is not sent later either: `rejected` when nothing of it can
   * have reached the provider, `in-doubt` when an earlier attempt's outcome is unknown.
   *
   * @throws FenceLost, Unavailable; asking again is safe
   */
  refuse(partition: number, entryId: string, options: RefuseOptions): Promise<Waiting | Asking | Resolved> {
    const judged = this.#judge(partition, entryId, 'refuse', '', options);
    return judged.then((answer) => toAnswer(answer, 0) as Waiting | Asking | Resolved);
  }

  /**
   * Begins nothing: of a message that is not to be sent now. Nothing is left open of it when it is set aside; `in-doubt` when an
   * earlier attempt's outcome is unknown.
   *
   * @throws FenceLost, Unavailable; asking again is safe
   */
  setAside(partition: number, entryId: string, options: Judged): Promise<Waiting | Asking | Resolved | SetAside> {
    const judged = this.#judge(partition, entryId, 'set-aside', '', options);
    return judged.then((answer) => toAnswer(answer, 0) as Waiting | Asking | Resolved | SetAside);
  }

  /**
   * What the ledger holds, without changing it: how the message ended, `open` while it has not, undefined without an entry.
   * A settled message stays settled; only `begin` and `refuse` may decide about any other.
   *
   * @throws Unavailable
   */
  look(partition: number, entryId: string): Promise<Resolved | 'open' | undefined> {
    return this.#looks.add(partition, entryId).then(toLook);
  }

  /**
   * Records how an attempt ended, under any fence. `retryable`: known to have had no effect (not sent, throttled).
   *
   * @returns false when another attempt has begun since or the outcome is settled; then `begin` tells what counts
   * @throws Unavailable; finishing again is safe
   */
  finish(
    partition: number,
    entryId: string,
    attempt: string,
    state: 'confirmed' | 'rejected' | 'retryable',
    result = '',
  ): Promise<boolean> {
    const fields = [attempt, state, result];
    return this.#finishes.add(partition, { entryId, fields }).then((accepted) => accepted === 1);
  }

  /**
   * Puts back what was published, for a rebuild after Redis was lost. Attempts begun since are left alone.
   *
   * @returns how many were put back
   * @throws Unavailable; restoring again is safe
   */
  async restore(partition: number, outcomes: readonly PublishedOutcome[]): Promise<number> {
    if (outcomes.length === 0) return 0;
    const runId = this.#redis.runId;
    if (runId === undefined) throw new Unavailable('redis', this.#redis.unavailable ?? 'not verified');
    return this.#redis.runScript<number>(
      RESTORE,
      outcomes.map(({ entryId }) => this.#key(partition, entryId)),
      [runId, this.#keepMs, ...outcomes.flatMap((o) => [o.state, o.attempt, o.possiblyRepeated ? '1' : '0', o.result])],
    );
  }

  #judge(
    partition: number,
    entryId: string,
    mode: 'begin' | 'refuse' | 'set-aside',
    attempt: string,
    options: Judged & Partial<BeginOptions & RefuseOptions>,
  ): Promise<ScriptAnswer> {
    const { window, resends = 0, doubtfulSince = '', resolveAfterMs, result = '', asked = '-' } = options;
    const entry = {
      entryId,
      window: window?.key,
      fields: [mode, attempt, resolveAfterMs, resends, doubtfulSince, window?.notBefore ?? '', result, asked],
    };
    return this.#judgements.add(partition, entry, options.fence);
  }

  #judgeAll(partition: number, entries: readonly JudgedEntry[], token: string): Promise<ScriptAnswer[]> {
    const windows = entries.flatMap(({ window }) => window ?? []);
    return this.#redis.runFenced<ScriptAnswer[]>(
      BEGIN,
      { partition, group: this.#group, token },
      [...this.#keys(partition, entries), ...windows],
      [this.#keepMs, entries.length, ...entries.flatMap(({ fields }) => fields)],
    );
  }

  #finishAll(partition: number, entries: readonly FinishedEntry[]): Promise<number[]> {
    const args = [this.#keepMs, ...entries.flatMap(({ fields }) => fields)];
    return this.#redis.runScript<number[]>(FINISH, this.#keys(partition, entries), args);
  }

  #lookAll(partition: number, entryIds: readonly string[]): Promise<StoredEntry[]> {
    const keys = entryIds.map((entryId) => this.#key(partition, entryId));
    return this.#redis.runScript<StoredEntry[]>(LOOK, keys, []);
  }

  #keys(partition: number, entries: readonly { readonly entryId: string }[]): string[] {
    return entries.map(({ entryId }) => this.#key(partition, entryId));
  }

  #key(partition: number, entryId: string): string {
    return partitionKey(partition, 'ledger', entryId);
  }
}
