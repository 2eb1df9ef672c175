import { Unavailable } from '@heliograph/runtime';
import type { ProviderClient } from '../provider-client.ts';
import { CredentialsRefused, ScopeRefused, TokenUnavailable } from '../token-source.ts';

/** One OAuth client of an account. */
export interface OAuthClient {
  readonly id: string;
  readonly client: Pick<ProviderClient, 'prepare' | 'prepared'>;
}

/**
 * closed: the primary is used. open: the secondary is, and the primary is left alone. half-open: the secondary is, while one
 * token request finds out whether the primary works again.
 */
export type SwitchState = 'closed' | 'open' | 'half-open';

export interface ClientSwitchOptions {
  /** Milliseconds, monotonic; performance.now when absent. */
  readonly now?: () => number;
  /** Told of each move to another client. */
  readonly moved?: (clientId: string) => void;
}

/** Failures in a row before the secondary is used; being throttled or refused is enough once. */
const MOST_FAILURES = 3;
/** How long the primary is left alone after failures; throttled, until the moment it named. */
const OPEN_MS = 30_000;

/**
 * A circuit breaker between the two OAuth clients of an account (guide 000, section 2): it moves to the secondary while the
 * token endpoint throttles, refuses or fails the primary, and back when a token can be had again. Without a secondary it
 * never moves.
 */
export class ClientSwitch<T extends OAuthClient> {
  #state: SwitchState = 'closed';
  #openUntil = 0;
  #failures = 0;
  #lastFailure: unknown;
  #move = Promise.withResolvers<void>();
  readonly #now: () => number;

  constructor(
    readonly primary: T,
    readonly secondary: T | undefined,
    private readonly options: ClientSwitchOptions = {},
  ) {
    this.#now = options.now ?? (() => performance.now());
  }

  get state(): SwitchState {
    return this.#state;
  }

  /** Resolves at the next move. */
  get moved(): Promise<void> {
    return this.#move.promise;
  }

  /** The client to be used now. Begins to find out about the primary when its time has come. */
  use(): T {
    if (this.#state === 'open' && this.#now() >= this.#openUntil) void this.#probe();
    return this.#state === 'closed' || !this.secondary ? this.primary : this.secondary;
  }

  /**
   * Makes sure that the client to be used has a token; moves to the secondary when the primary gets none.
   *
   * @throws what `prepare()` of the client threw
   */
  async prepare(): Promise<void> {
    const used = this.use();
    try {
      // Somebody else may find out meanwhile that this one is not to be used.
      const moved = await Promise.race([used.client.prepare(), this.moved.then(() => true)]);
      if (used === this.primary && moved !== true) this.#worked();
    } catch (error) {
      if (used !== this.primary || !this.#failed(error)) throw error;
      await this.secondary?.client.prepare();
    }
  }

  /** The primary is throttled, as somebody else found out: it is left alone for so long. */
  avoidPrimary(ms: number): void {
    if (this.secondary && ms > 0) this.#open(ms);
  }

  /** @returns whether the secondary is used from now on */
  #failed(error: unknown): boolean {
    if (!this.secondary) return false;
    // Whoever asks during a back-off gets the same error again.
    if (error !== this.#lastFailure && error instanceof Unavailable) this.#failures++;
    this.#lastFailure = error;
    const retryAt = error instanceof TokenUnavailable ? error.retryAt : undefined;
    const refused = error instanceof CredentialsRefused || error instanceof ScopeRefused;
    const enough = retryAt !== undefined || refused || this.#failures >= MOST_FAILURES;
    if (enough) this.#open(openMs(error));
    return enough;
  }

  #worked(): void {
    this.#failures = 0;
    this.#lastFailure = undefined;
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#tell(this.primary);
  }

  #open(ms: number): void {
    const wasClosed = this.#state === 'closed';
    this.#openUntil = Math.max(this.#openUntil, this.#now() + ms);
    this.#state = 'open';
    if (wasClosed && this.secondary) this.#tell(this.secondary);
  }

  async #probe(): Promise<void> {
    this.#state = 'half-open';
    try {
      await this.primary.client.prepare();
      if (this.#state === 'half-open') this.#worked();
    } catch (error) {
      if (this.#state === 'half-open') this.#open(openMs(error));
    }
  }

  #tell({ id }: OAuthClient): void {
    const move = this.#move;
    this.#move = Promise.withResolvers();
    move.resolve();
    this.options.moved?.(id);
  }
}

function openMs(error: unknown): number {
  const retryAt = error instanceof TokenUnavailable ? error.retryAt : undefined;
  return retryAt === undefined ? OPEN_MS : Math.max(0, retryAt - Date.now());
}
