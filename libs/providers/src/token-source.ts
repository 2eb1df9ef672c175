import { Unavailable } from '@heliograph/runtime';
import type { RetryMoment } from './limits.ts';

/** What a token request brought. Reasons carry neither the secret nor a token. */
export type TokenAnswer =
  | { readonly kind: 'token'; readonly token: string; readonly expiresInMs: number }
  /** The credentials are not accepted. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unavailable'; readonly reason: string; readonly throttled?: RetryMoment }
  /** No byte of the request left before its grant ran out. */
  | { readonly kind: 'too-late' };

/** No token can be had at present; says nothing about the work that needed it. */
export class TokenUnavailable extends Unavailable {
  override readonly name: string = 'TokenUnavailable';
  constructor(
    account: string,
    reason: string,
    /** Milliseconds of Date.now(): set when the endpoint throttles. */
    readonly retryAt?: number,
  ) {
    super(`the token endpoint of account ${account}`, reason);
  }
}

/** The provider refuses the account's credentials: an operator has to act, and what waits is sent afterwards. */
export class CredentialsRefused extends Unavailable {
  override readonly name: string = 'CredentialsRefused';
  constructor(account: string, reason: string) {
    super(`the token endpoint of account ${account}`, `it refuses the credentials: ${reason}`);
  }
}

export interface TokenSourceOptions {
  /** Account id, for errors. */
  readonly account: string;
  /** Makes one token request that begins before the moment of performance.now(), or not at all; never rejects. */
  readonly request: (sendBy: number) => Promise<TokenAnswer>;
  readonly takeGrant: () => Promise<{ readonly deadline: number }>;
  readonly throttled?: ((moment: RetryMoment) => void) | undefined;
  /** Milliseconds, monotonic; performance.now when absent. */
  readonly now?: () => number;
}

/** Refresh this long before the end, or at half its life when that is later (guides 000 and 002: 300 s). */
const LONGEST_MARGIN_MS = 300_000;
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;
/** Grants that may run out, because no connection was there in time, before the request counts as failed. */
const MOST_GRANTS = 5;

interface Held {
  readonly token: string;
  readonly expiresAt: number;
  readonly refreshAt: number;
}

/**
 * The token of one account. At most one request is under way, whoever asks; a token that is still valid is used while its
 * successor is fetched, so a slow or failing endpoint is felt only when the token ran out. After a failure nobody asks
 * again before the back-off is over.
 */
export class TokenSource {
  #held: Held | undefined;
  #refreshing: Promise<void> | undefined;
  #failure: { readonly error: Unavailable; readonly until: number } | undefined;
  #failures = 0;
  readonly #now: () => number;

  constructor(private readonly options: TokenSourceOptions) {
    this.#now = options.now ?? (() => performance.now());
  }

  /** The token, if there is a valid one right now. */
  current(): string | undefined {
    return this.#held && this.#now() < this.#held.expiresAt ? this.#held.token : undefined;
  }

  /** Whether there is a valid token right now; starts its renewal in the background when it nears its end. Never throws. */
  ready(): boolean {
    const held = this.#held;
    const now = this.#now();
    if (!held || now >= held.expiresAt) return false;
    // Its failure is remembered and surfaces when the token is needed; until then the present one serves.
    if (now >= held.refreshAt) void this.#refresh().catch(() => undefined);
    return true;
  }

  /**
   * Resolves when there is a token.
   *
   * @throws {TokenUnavailable} when the endpoint gives none at present
   * @throws {CredentialsRefused} when it does not accept the account
   * @throws what `takeGrant` rejects with
   */
  async ensure(): Promise<void> {
    if (!this.ready()) await this.#refresh();
  }

  /** Drops the token the provider did not accept. One that was replaced meanwhile is left alone: many calls, one refresh. */
  invalidate(token: string): void {
    if (this.#held?.token === token) this.#held = undefined;
  }

  #refresh(): Promise<void> {
    this.#refreshing ??= this.#obtain().finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  async #obtain(): Promise<void> {
    if (this.#failure && this.#now() < this.#failure.until) throw this.#failure.error;
    const { asked, answer } = await this.#ask();
    if (answer.kind !== 'token') throw this.#failed(answer);
    this.#failure = undefined;
    this.#failures = 0;
    const margin = Math.min(LONGEST_MARGIN_MS, answer.expiresInMs / 2);
    const expiresAt = asked + answer.expiresInMs;
    this.#held = { token: answer.token, expiresAt, refreshAt: expiresAt - margin };
  }

  /** One request, under as many grants as it takes until one is used in time. */
  async #ask(): Promise<{ asked: number; answer: Exclude<TokenAnswer, { kind: 'too-late' }> }> {
    for (let tries = 0; tries < MOST_GRANTS; tries++) {
      const { deadline } = await this.options.takeGrant();
      // The life is counted from before the request: the provider's clock for it starts no earlier.
      const asked = this.#now();
      const answer = await this.options.request(deadline);
      if (answer.kind !== 'too-late') return { asked, answer };
    }
    const reason = `${MOST_GRANTS} grants ran out before the request could begin`;
    return { asked: this.#now(), answer: { kind: 'unavailable', reason } };
  }

  #failed(answer: Exclude<TokenAnswer, { kind: 'token' | 'too-late' }>): Unavailable {
    const { account } = this.options;
    const throttled = answer.kind === 'unavailable' ? answer.throttled : undefined;
    if (throttled) this.options.throttled?.(throttled);
    const retryAt = throttled?.retryAt;
    const backoff = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(this.#failures++, 10));
    const wait = retryAt === undefined ? backoff : Math.max(0, retryAt - Date.now());
    const error =
      answer.kind === 'refused'
        ? new CredentialsRefused(account, answer.reason)
        : new TokenUnavailable(account, answer.reason, retryAt);
    this.#failure = { error, until: this.#now() + wait };
    return error;
  }
}
