import { randomBytes } from 'node:crypto';

/** What a token stands for. */
export interface Grant {
  readonly accountId: string;
  readonly clientId: string;
  readonly scopes: ReadonlySet<string>;
  /** On the provider's clock, ms. */
  expiresAt: number;
}

/** Expired tokens are kept a while: whoever uses one is still counted against its account. */
const KEPT = 10_000;

/** All tokens of all accounts, in memory only. */
export class Tokens {
  readonly #grants = new Map<string, Grant>();

  issue(owner: Pick<Grant, 'accountId' | 'clientId'>, scopes: Iterable<string>, expiresAt: number): string {
    const token = randomBytes(32).toString('base64url');
    this.#grants.set(token, { ...owner, scopes: new Set(scopes), expiresAt });
    const oldest = this.#grants.keys().next();
    if (this.#grants.size > KEPT && !oldest.done) this.#grants.delete(oldest.value);
    return token;
  }

  find(token: string): Grant | undefined {
    return this.#grants.get(token);
  }

  /** Ends all tokens of an account now; returns how many were still good. */
  expire(accountId: string, now: number): number {
    let ended = 0;
    for (const grant of this.#grants.values()) {
      if (grant.accountId !== accountId || grant.expiresAt <= now) continue;
      grant.expiresAt = -Infinity;
      ended++;
    }
    return ended;
  }
}
