import { Unavailable } from '@heliograph/runtime';
import type { CallGrant } from './call-result.ts';
import type { RetryMoment, TokenResult } from './limits.ts';

/** What a token request brought. Reasons carry neither the secret nor a token. */
export type TokenAnswer =
  | { readonly kind: 'token'; readonly token: string; readonly expiresInMs: number }
  /** The credentials are not accepted. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The token that came would allow too much, and was thrown away. */
  | { readonly kind: 'over-broad'; readonly reason: string }
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

/** The provider gave a token that would allow too much: an operator has to take scopes from the client. */
export class ScopeRefused extends Unavailable {
  override readonly name: string = 'ScopeRefused';
  constructor(account: string, reason: string) {
    super(`the token endpoint of account ${account}`, `its token is not used: ${reason}`);
  }
}

export interface TokenSourceOptions {
  /** Account id, for errors. */
  readonly account: string;
  /** Makes one token request that begins before the moment of performance.now(), or not at all; never rejects. */
  readonly request: (sendBy: number) => Promise<TokenAnswer>;
  readonly takeGrant: () => Promise<CallGrant>;
  readonly throttled?: ((moment: RetryMoment) => void) | undefined;
  readonly answered?: ((result: TokenResult) => void) | undefined;
  /** Milliseconds, monotonic; performance.now when absent. */
  readonly now?: () => number;
}

/** Refresh this long before the end, or at half its life when that is later (guides 000 and 002: 300 s). */
const LONGEST_MARGIN_MS = 300_000;
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;
/** Grants that may run out, because no connection was there in time, before the request counts as failed. */
const MOST_GRANTS = 5;

type NoToken = Exclude<TokenAnswer, { kind: 'token' | 'too-late' }>;

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
  /** Tokens turned away since one was last accepted. */
  #turnedAway = 0;
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
   * @throws {ScopeRefused} when its token would allow too much
   * @throws what `takeGrant` rejects with
   */
  async ensure(): Promise<void> {
    if (!this.ready()) await this.#refresh();
  }

  /**
   * Drops the token the provider did not accept. One that was replaced meanwhile is left alone: many calls, one refresh. Only
   * the first is replaced at once; when its successor is turned away, too, the next one waits for the back-off, so that an
   * account without rights does not ask for a token with every call (guide 000, section 2: the trap).
   */
  invalidate(token: string): void {
    if (this.#held?.token !== token) return;
    this.#held = undefined;
    if (this.#turnedAway++ === 0) return;
    this.options.answered?.('turned-away');
    const error = new TokenUnavailable(this.options.account, 'the provider turns its new tokens away');
    this.#failure = { error, until: this.#now() + this.#backOff() };
  }

  /** The provider accepted the token. */
  accepted(token: string): void {
    if (this.#turnedAway === 0 || this.#held?.token !== token) return;
    this.#turnedAway = 0;
    this.#failures = 0;
  }

  #refresh(): Promise<void> {
    this.#refreshing ??= this.#obtain().finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  async #obtain(): Promise<void> {
    if (this.#failure && this.#now() < this.#failure.until) throw this.#failure.error;
    const { asked, answer } = await this.#ask();
    if (answer.kind !== 'token') throw this.#failed(answer);
    this.options.answered?.('token');
    this.#failure = undefined;
    if (this.#turnedAway === 0) this.#failures = 0;
    const margin = Math.min(LONGEST_MARGIN_MS, answer.expiresInMs / 2);
    const expiresAt = asked + answer.expiresInMs;
    this.#held = { token: answer.token, expiresAt, refreshAt: expiresAt - margin };
  }

  /** One request, under as many grants as it takes until one is used in time. */
  async #ask(): Promise<{ asked: number; answer: Exclude<TokenAnswer, { kind: 'too-late' }> }> {
    for (let tries = 0; tries < MOST_GRANTS; tries++) {
      const grant = await this.options.takeGrant();
      // The life is counted from before the request: the provider's clock for it starts no earlier.
      const asked = this.#now();
      grant.use();
      const answer = await this.options.request(grant.deadline);
      if (answer.kind !== 'too-late') return { asked, answer };
    }
    const reason = `${MOST_GRANTS} grants ran out before the request could begin`;
    return { asked: this.#now(), answer: { kind: 'unavailable', reason } };
  }

  #failed(answer: NoToken): Unavailable {
    const { account } = this.options;
    const throttled = answer.kind === 'unavailable' ? answer.throttled : undefined;
    if (throttled) this.options.throttled?.(throttled);
    this.options.answered?.(throttled ? 'throttled' : answer.kind);
    const retryAt = throttled?.retryAt;
    const backOff = this.#backOff();
    const wait = retryAt === undefined ? backOff : Math.max(0, retryAt - Date.now());
    const error = errorOf(account, answer, retryAt);
    this.#failure = { error, until: this.#now() + wait };
    return error;
  }

  #backOff(): number {
    return Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(this.#failures++, 10));
  }
}

function errorOf(account: string, { kind, reason }: NoToken, retryAt: number | undefined): Unavailable {
  switch (kind) {
    case 'refused':
      return new CredentialsRefused(account, reason);
    case 'over-broad':
      return new ScopeRefused(account, reason);
    case 'unavailable':
      return new TokenUnavailable(account, reason, retryAt);
  }
}
