import { blocked, type Delivery, type Outcome } from '@heliograph/kafka';
import { TokenUnavailable, type CallOptions, type CallResult } from '@heliograph/providers';
import type { BeginOptions, Begun, LedgerStore, Resolved } from '@heliograph/redis';
import { Unavailable } from '@heliograph/runtime';
import type { SendingAccount } from '../accounts/sending-account.ts';
import { dispatcherMetrics } from '../metrics.ts';
import type { SettledSend } from './outcome-facts.ts';
import { memoOf, takeTurn } from './turn.ts';
import { verdictOf, type NextStep } from './verdict.ts';

/** Why something must not be sent. */
export interface Refusal {
  readonly code: string;
  readonly reason: string;
}

/** One effect at the provider, with a ledger entry of its own. */
export interface Effect<T> {
  readonly entryId: string;
  readonly priority: 'transactional' | 'campaign';
  /** Resends that an unknown outcome allows. */
  readonly resends: number;
  /** Asked after all waiting, in the same turn as `begin`: why it must not be sent now. */
  readonly refusal: () => Refusal | undefined;
  /** The moment the customer's last message must not be before; the key is in the ledger's partition. */
  readonly window?: { readonly key: string; readonly notBefore: number };
  /** Exactly one request. */
  readonly call: (options: CallOptions) => Promise<CallResult<T>>;
  readonly settle: (value: T) => SettledSend;
}

export interface Ended {
  readonly kind: 'ended';
  readonly ended: Resolved;
  readonly settled: SettledSend;
}

/** The outcome with which the lane waits. */
export interface Waits {
  readonly kind: 'wait';
  readonly outcome: Outcome;
}

/** How an effect ended so far; `target-gone`: the provider said that what it was aimed at is gone, and nothing was done. */
export type EffectEnd = Ended | Waits | { readonly kind: 'target-gone'; readonly reason: string };

/** Gates, `begin` and the first byte within this time (design, section 5). */
const BEGIN_TO_FIRST_BYTE_MS = 50;
/** What a request may still need after its time-out to reach the provider or be answered: kernel buffers, a closed socket. */
const RESOLVE_MARGIN_MS = 2_000;

type Judged = Pick<BeginOptions, 'fence' | 'resolveAfterMs' | 'doubtfulSince'>;

const wait = (reason: string, until: Promise<unknown> | number): Waits => ({
  kind: 'wait',
  outcome: blocked(reason, until),
});
const waitForAttempt = (waitMs: number) => wait('an earlier attempt is not resolved', Date.now() + waitMs);
const ended = (resolved: Resolved): Ended => ({ kind: 'ended', ended: resolved, settled: settledOf(resolved) });

/**
 * Makes effects happen at most once per ledger rules: gates, token, budget, then the gates again and `begin` in one step, the
 * request, `finish`. Whoever calls it publishes what it ended with.
 */
export class LedgeredCall {
  constructor(
    private readonly ledger: LedgerStore,
    private readonly doubtfulSince: (delivery: Delivery) => number | undefined,
  ) {}

  /** How an effect ended, when it has; nothing is waited for or changed. */
  async endedBefore({ partition }: Delivery, entryId: string): Promise<Ended | undefined> {
    const found = await this.ledger.look(partition, entryId);
    return found === undefined || found === 'open' ? undefined : ended(found);
  }

  async run<T>(delivery: Delivery, sending: SendingAccount, effect: Effect<T>): Promise<EffectEnd> {
    const memo = memoOf(delivery);
    if (memo.unrecorded?.entryId === effect.entryId) return this.record(delivery, sending);
    const judged = this.judged(delivery, sending.account.requestTimeoutMs);
    // Up to `begin` nothing below waits in the call that reaches it, so this is the last look, too.
    const refusal = effect.refusal();
    if (refusal) return this.refuse(delivery, effect.entryId, judged, refusal);
    // Before the budget: a token may have to be fetched, and that takes from the budget, too.
    if (!sending.client.prepared()) return this.waitForToken(delivery, sending);
    const turn = takeTurn(delivery, sending, effect.priority);
    if ('wait' in turn) return { kind: 'wait', outcome: turn.wait };
    memo.attempt ??= this.ledger.newAttempt();
    const begun = await this.ledger.begin(delivery.partition, effect.entryId, {
      ...judged,
      sendWithinMs: BEGIN_TO_FIRST_BYTE_MS,
      resends: effect.resends,
      attempt: memo.attempt,
      window: effect.window,
    });
    memo.attempt = undefined;
    switch (begun.kind) {
      case 'wait':
        return waitForAttempt(begun.waitMs);
      case 'resolved':
        return ended(begun);
      case 'window-closed':
        return this.refuse(delivery, effect.entryId, judged, WINDOW_CLOSED);
      case 'begun':
        return this.send(delivery, sending, effect, begun, judged.resolveAfterMs, turn.grant.deadline);
    }
  }

  /** Ends an effect without trying it. `requestTimeoutMs`: as long as a request of the account may have been under way. */
  refuseNow(delivery: Delivery, requestTimeoutMs: number, entryId: string, refusal: Refusal): Promise<Ended | Waits> {
    return this.refuse(delivery, entryId, this.judged(delivery, requestTimeoutMs), refusal);
  }

  private judged(delivery: Delivery, requestTimeoutMs: number): Judged {
    const resolveAfterMs = BEGIN_TO_FIRST_BYTE_MS + requestTimeoutMs + RESOLVE_MARGIN_MS;
    return { fence: delivery.fence, resolveAfterMs, doubtfulSince: this.doubtfulSince(delivery) };
  }

  private async refuse(delivery: Delivery, entryId: string, judged: Judged, refusal: Refusal): Promise<Ended | Waits> {
    const settled: SettledSend = { at: new Date().toISOString(), ...refusal };
    const result = JSON.stringify(settled);
    const refused = await this.ledger.refuse(delivery.partition, entryId, { ...judged, result });
    return refused.kind === 'wait' ? waitForAttempt(refused.waitMs) : ended(refused);
  }

  private waitForToken(delivery: Delivery, sending: SendingAccount): Waits {
    const memo = memoOf(delivery);
    const { tokenError } = memo;
    memo.tokenError = undefined;
    if (tokenError) throw tokenError;
    const ready = sending.client.prepare().catch((error: Error) => {
      if (error instanceof TokenUnavailable && error.retryAt !== undefined) sending.pauseUntil(error.retryAt);
      memo.tokenError = error;
    });
    return wait('waits for a token', ready);
  }

  private async send<T>(
    delivery: Delivery,
    sending: SendingAccount,
    effect: Effect<T>,
    begun: Begun,
    resolveAfterMs: number,
    grantEnds: number,
  ): Promise<EffectEnd> {
    const { account } = sending;
    const resolvedAt = Date.now() + resolveAfterMs;
    const sendBy = Math.min(begun.sendBy, grantEnds);
    const result = await effect.call({ sendBy, timeoutMs: account.requestTimeoutMs });
    dispatcherMetrics.calls.inc({ account: account.id, outcome: result.outcome });
    if (result.outcome === 'throttled') sending.pauseUntil(result.retryAt);
    const verdict = verdictOf(result, effect.settle);
    if (verdict.state === 'inflight') return wait(`outcome unknown: ${verdict.reason}`, resolvedAt);
    memoOf(delivery).unrecorded = { entryId: effect.entryId, begun, verdict };
    return this.record(delivery, sending);
  }

  /**
   * Writes an answer into the ledger. Where Redis has lost the entry, the answer in hand becomes the entry: that is better
   * than a doubt. Where another attempt has begun meanwhile, `begin` tells what counts.
   *
   * @throws {Unavailable} while Redis cannot be reached; the answer is kept for the next call
   */
  private async record(delivery: Delivery, sending: SendingAccount): Promise<EffectEnd> {
    const memo = memoOf(delivery);
    const { entryId, begun, verdict } = memo.unrecorded!;
    const { attempt, possiblyRepeated } = begun;
    const { state } = verdict;
    const result = state === 'retryable' ? '' : JSON.stringify(verdict.settled);
    const accepted = await this.ledger.finish(delivery.partition, entryId, attempt, state, result);
    if (!accepted) dispatcherMetrics.lateAnswers.inc();
    if (state === 'retryable') {
      memo.unrecorded = undefined;
      return this.next(delivery, sending, verdict.next);
    }
    const answer: Resolved = { kind: 'resolved', state, attempt, possiblyRepeated, result };
    const counts = accepted || (await this.putBack(delivery, entryId, answer));
    memo.unrecorded = undefined;
    return counts ? ended(answer) : wait('another attempt has begun', Date.now());
  }

  /** @returns whether the entry was lost and is this answer now; whatever is begun since the look is left alone */
  private async putBack({ partition }: Delivery, entryId: string, { kind: _, ...answer }: Resolved): Promise<boolean> {
    if ((await this.ledger.look(partition, entryId)) !== undefined) return false;
    return (await this.ledger.restore(partition, [{ entryId, ...answer }])) === 1;
  }

  private next(delivery: Delivery, { account, client }: SendingAccount, next: NextStep): EffectEnd {
    const memo = memoOf(delivery);
    if (next.kind !== 'renew-token') memo.unauthorized = 0;
    switch (next.kind) {
      case 'target-gone':
        return next;
      case 'pause':
        return wait('throttled by the provider', next.until);
      case 'renew-token':
        // Once: the token may just have been revoked. Again: the account is broken, and waiting costs no attempt.
        if (memo.unauthorized++ > 0) throw new Unavailable(`account ${account.id}`, next.reason);
        return wait(
          'the token was turned away',
          client.prepare().catch(() => undefined),
        );
      case 'again':
        return wait('was not sent in time', Date.now());
      case 'unavailable':
        throw new Unavailable(
          next.dependency === 'process' ? 'this process' : `the provider of account ${account.id}`,
          next.reason,
        );
    }
  }
}

const WINDOW_CLOSED: Refusal = {
  code: 'window-closed',
  reason: 'more than 24 hours have passed since the customer last wrote; only an approved template may be sent',
};

function settledOf({ result }: Resolved): SettledSend {
  return result === '' ? { at: new Date().toISOString() } : (JSON.parse(result) as SettledSend);
}
