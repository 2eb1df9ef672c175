import type { ConsentChanged, ConsentState } from '@heliograph/contracts';
import { CONSENT_GROUP, consentStateKey, type ConsentSubject } from '@heliograph/consent';
import { script, type HeldFence, type RedisClient } from '@heliograph/redis';
import { Unavailable } from '@heliograph/runtime';

const lua = (name: string): URL => new URL(`./${name}.lua`, import.meta.url);
const TAKE = script({ name: 'take-consent', file: lua('take-consent'), keys: 2 });
const WRITE = script({ name: 'write-consent', file: lua('write-consent'), keys: 2 });
const CLEAR = script({ name: 'clear-consent', file: lua('clear-consent'), keys: 1 });
const RESTORE = script({ name: 'restore-consent', file: lua('restore-consent'), keys: 2 });

/** The command that a state was folded from last, as far as its events need it. */
export interface ConsentCause {
  readonly eventId: string;
  readonly stateId: string;
  /** When the command was given, ISO 8601. */
  readonly time: string;
  /** Where it was read: `topic/partition/offset`. */
  readonly origin: string;
  readonly traceparent?: string | undefined;
}

/** A state that Redis has and the topics may not have yet. */
export interface UnpublishedConsent {
  readonly state: ConsentState;
  readonly event: ConsentChanged;
  readonly cause: ConsentCause;
}

export type TakenConsent =
  | { readonly kind: 'free'; readonly state: ConsentState | undefined }
  /** Must be published before anything else is folded; the caller is its publisher from now on: `since` is for `clear`. */
  | { readonly kind: 'pending'; readonly unpublished: UnpublishedConsent; readonly since: number }
  /** An earlier owner may still be publishing for so many milliseconds. */
  | { readonly kind: 'wait'; readonly ms: number };

/** The working set of where contacts stand; kept the way sessions are (`session.store.ts`). */
export class ConsentStore {
  /** @param publishMs how long a publish can last after this store named its publisher */
  constructor(
    private readonly redis: RedisClient,
    private readonly publishMs: number,
  ) {}

  /** @throws FenceLost, Unavailable */
  async take(partition: number, token: string, of: ConsentSubject): Promise<TakenConsent> {
    const fence: HeldFence = { partition, group: CONSENT_GROUP, token };
    const keys = [consentStateKey(partition, of)];
    const [kind, state, event, cause, since] = await this.redis.runFenced<string[]>(TAKE, fence, keys, [
      this.publishMs,
    ]);
    if (kind === 'wait') return { kind, ms: Number(state) };
    if (kind === 'free') return { kind, state: state ? (JSON.parse(state) as ConsentState) : undefined };
    return {
      kind: 'pending',
      unpublished: JSON.parse(`{"state":${state},"event":${event},"cause":${cause}}`) as UnpublishedConsent,
      since: Number(since),
    };
  }

  /**
   * The caller is the publisher of what is new.
   *
   * @returns since when the caller is the publisher, for {@link clear}; 0 when Redis has another state than that: nothing was written
   * @throws FenceLost, Unavailable; after the latter it may have been written
   */
  write(
    partition: number,
    token: string,
    before: ConsentState | undefined,
    { state, event, cause }: UnpublishedConsent,
  ): Promise<number> {
    const fence: HeldFence = { partition, group: CONSENT_GROUP, token };
    const args = [before?.sequence ?? 0, ...fieldsOf(state), JSON.stringify(event), JSON.stringify(cause)];
    return this.redis.runFenced<number>(WRITE, fence, [consentStateKey(partition, state)], args);
  }

  /**
   * Call when everything of it is acknowledged. Does nothing when somebody else publishes it by now, or the caller once more.
   *
   * @param since what made the caller its publisher answered
   * @throws Unavailable; clearing again is safe
   */
  async clear(partition: number, token: string, state: ConsentState, since: number): Promise<void> {
    await this.redis.runScript(CLEAR, [consentStateKey(partition, state)], [state.sequence, token, since]);
  }

  /** @throws Error when Redis was lost again, or another generation has taken the rebuild over; Unavailable */
  async restore(partition: number, generation: number, fenceKey: string, state: ConsentState): Promise<void> {
    const { runId } = this.redis;
    if (runId === undefined) throw new Unavailable('redis', this.redis.unavailable ?? 'not verified');
    const keys = [fenceKey, consentStateKey(partition, state)];
    await this.redis.runScript(RESTORE, keys, [runId, generation, ...fieldsOf(state)]);
  }
}

const fieldsOf = (state: ConsentState): [number, string, string] => [
  state.sequence,
  JSON.stringify(state.purposes),
  JSON.stringify(state),
];
