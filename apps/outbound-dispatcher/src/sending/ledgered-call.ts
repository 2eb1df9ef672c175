import { blocked, type Delivery, type Outcome } from '@heliograph/kafka';
import type { CallOptions, CallResult, NotSentCode } from '@heliograph/providers';
import type { BeginOptions, Begun, LedgerStore, Resolved } from '@heliograph/redis';
import { Retryable, Unavailable } from '@heliograph/runtime';
import type { SendingAccount } from '../accounts/sending-account.ts';
import { dispatcherMetrics } from '../metrics.ts';
import type { SettledSend } from './outcome-facts.ts';
import { memoOf, takeTurn } from './turn.ts';

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
  /** Asked in the same step as `begin`, after all waiting: why it must not be sent now. */
  readonly refusal: () => Refusal | undefined;
  /** The moment the customer's last message must not be before; the key is in the ledger's partition. */
  readonly window?: { readonly key: string; readonly notBefore: number };
  /** Exactly one request. */
  readonly call: (options: CallOptions) => Promise<CallResult<T>>;
  readonly settle: (value: T) => SettledSend;
}

/** How an effect ended, or the outcome with which its lane waits. */
export type EffectEnd =
  | { readonly kind: 'ended'; readonly ended: Resolved; readonly settled: SettledSend }
  /** The provider said that what the effect was aimed at is gone; nothing was done. */
  | { readonly kind: 'target-gone'; readonly reason: string }
  | { readonly kind: 'wait'; readonly outcome: Outcome };

/** Gates, `begin` and the first byte within this time (design, section 5). */
const BEGIN_TO_FIRST_BYTE_MS = 50;
/** What a request may still need after its time-out to reach the provider or be answered: kernel buffers, a closed socket. */
const RESOLVE_MARGIN_MS = 2_000;

type Judged = Pick<BeginOptions, 'fence' | 'resolveAfterMs' | 'doubtfulSince'>;

interface Verdict {
  readonly state: 'confirmed' | 'rejected' | 'retryable';
  readonly settled?: SettledSend;
  readonly end: EffectEnd | Error;
}

/** An answer that the ledger does not have yet. */
export interface UnrecordedAnswer extends Verdict {
  readonly entryId: string;
  readonly attempt: string;
}

const wait = (outcome: Outcome): EffectEnd => ({ kind: 'wait', outcome });

/**
 * Makes effects happen at most once per ledger rules: budget, then gates and `begin` in one step, the request, `finish`.
 * Whoever calls it publishes what it ended with.
 */
export class LedgeredCall {
  constructor(
    private readonly ledger: LedgerStore,
    private readonly doubtfulSince: (delivery: Delivery) => number | undefined,
  ) {}

  async run<T>(delivery: Delivery, sending: SendingAccount, effect: Effect<T>): Promise<EffectEnd> {
    if (memoOf(delivery).unrecorded) return this.record(delivery);
    const { account, client, budget } = sending;
    // Before the budget: a token may have to be fetched, and that takes from the budget, too.
    const ready = client.prepared() ? undefined : client.prepare();
    if (ready) return this.waitForToken(delivery, ready);
    const turn = takeTurn(delivery, budget, effect.priority);
    if ('wait' in turn) return wait(turn.wait);
    const judged = this.judged(delivery, account.requestTimeoutMs);
    const refusal = effect.refusal();
    if (refusal) return this.refuse(delivery, effect.entryId, judged, refusal);
    const memo = memoOf(delivery);
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
        return wait(blocked('an earlier attempt is not resolved', Date.now() + begun.waitMs));
      case 'resolved':
        return { kind: 'ended', ended: begun, settled: settledOf(begun) };
      case 'window-closed':
        return this.refuse(delivery, effect.entryId, judged, {
          code: 'window-closed',
          reason: 'more than 24 hours have passed since the customer last wrote; only an approved template may be sent',
        });
      case 'begun': {
        const sendBy = Math.min(begun.sendBy, turn.grant.deadline);
        const result = await effect.call({ sendBy, timeoutMs: account.requestTimeoutMs });
        dispatcherMetrics.calls.inc({ account: account.id, outcome: result.outcome });
        return this.conclude(delivery, sending, effect, begun, judged.resolveAfterMs, result);
      }
    }
  }

  /** Ends an effect without trying it. */
  refuseNow(
    delivery: Delivery,
    { account }: SendingAccount,
    entryId: string,
    refusal: Refusal,
  ): Promise<Exclude<EffectEnd, { kind: 'target-gone' }>> {
    return this.refuse(delivery, entryId, this.judged(delivery, account.requestTimeoutMs), refusal);
  }

  private judged(delivery: Delivery, requestTimeoutMs: number): Judged {
    const resolveAfterMs = BEGIN_TO_FIRST_BYTE_MS + requestTimeoutMs + RESOLVE_MARGIN_MS;
    return { fence: delivery.fence, resolveAfterMs, doubtfulSince: this.doubtfulSince(delivery) };
  }

  private async waitForToken(delivery: Delivery, ready: Promise<void>): Promise<EffectEnd> {
    const memo = memoOf(delivery);
    if (memo.tokenError) {
      const error = memo.tokenError;
      memo.tokenError = undefined;
      ready.catch(() => undefined);
      throw error;
    }
    const settled = ready.catch((error: unknown) => void (memo.tokenError = error as Error));
    return wait(blocked('waits for a token', settled));
  }

  private async refuse(
    delivery: Delivery,
    entryId: string,
    judged: Judged,
    refusal: Refusal,
  ): Promise<Exclude<EffectEnd, { kind: 'target-gone' }>> {
    const settled: SettledSend = { at: new Date().toISOString(), ...refusal };
    const result = JSON.stringify(settled);
    const refused = await this.ledger.refuse(delivery.partition, entryId, { ...judged, result });
    if (refused.kind === 'wait') {
      return { kind: 'wait', outcome: blocked('an earlier attempt is not resolved', Date.now() + refused.waitMs) };
    }
    return { kind: 'ended', ended: refused, settled: settledOf(refused) };
  }

  /** What the answer means for the ledger and for the lane; kept in the memo until the ledger has it. */
  private conclude<T>(
    delivery: Delivery,
    sending: SendingAccount,
    effect: Effect<T>,
    begun: Begun,
    resolveAfterMs: number,
    result: CallResult<T>,
  ): Promise<EffectEnd> | EffectEnd {
    const at = new Date().toISOString();
    const record = (verdict: Verdict) => {
      memoOf(delivery).unrecorded = { entryId: effect.entryId, attempt: begun.attempt, ...verdict };
      return this.record(delivery);
    };
    const ended = (state: 'confirmed' | 'rejected', settled: SettledSend): Verdict => {
      const { attempt, possiblyRepeated } = begun;
      const resolved: Resolved = {
        kind: 'resolved',
        state,
        attempt,
        possiblyRepeated,
        result: JSON.stringify(settled),
      };
      return { state, settled, end: { kind: 'ended', ended: resolved, settled } };
    };
    switch (result.outcome) {
      case 'ok':
        return record(ended('confirmed', { ...effect.settle(result.value), at }));
      case 'refused':
        if (result.code === 'conversation-closed' || result.code === 'not-found') {
          return record({ state: 'retryable', end: { kind: 'target-gone', reason: result.reason } });
        }
        return record(ended('rejected', { at, code: result.code, reason: result.reason }));
      case 'throttled':
        dispatcherMetrics.throttled.inc({ account: sending.account.id });
        // This process pauses in any case; while Redis cannot be reached the others cannot take grants either.
        void sending.budget.pauseFor(Math.max(0, result.retryAt - Date.now())).catch(() => undefined);
        return record({ state: 'retryable', end: wait(blocked('throttled by the provider', result.retryAt)) });
      case 'not-sent':
        return record({ state: 'retryable', end: this.notSent(delivery, sending, result.code, result.reason) });
      case 'unknown':
        // Stays in flight. After its resolve-after `begin` decides by the class's policy.
        return wait(blocked(`outcome unknown: ${result.reason}`, Date.now() + resolveAfterMs));
    }
  }

  /**
   * Writes an answer into the ledger. An answer counts even when the ledger no longer takes it: after Redis was lost there is
   * no entry, and an outcome in hand is better than a doubt.
   *
   * @throws {Unavailable} while Redis cannot be reached; the answer is kept for the next call
   */
  private async record(delivery: Delivery): Promise<EffectEnd> {
    const memo = memoOf(delivery);
    const { entryId, attempt, state, settled, end } = memo.unrecorded!;
    const result = settled && JSON.stringify(settled);
    const accepted = await this.ledger.finish(delivery.partition, entryId, attempt, state, result);
    memo.unrecorded = undefined;
    if (!accepted) dispatcherMetrics.lateAnswers.inc();
    if (end instanceof Error) throw end;
    return end;
  }

  private notSent(
    delivery: Delivery,
    { account, client }: SendingAccount,
    code: NotSentCode,
    reason: string,
  ): EffectEnd | Error {
    switch (code) {
      case 'send-by-passed':
      case 'no-token':
        return wait(blocked('was not sent in time', Date.now()));
      case 'unauthorized': {
        // Once: the token may just have been revoked. Again: the account is broken, and waiting costs no attempt.
        if (memoOf(delivery).unauthorized++ > 0) return new Unavailable(`account ${account.id}`, reason);
        const refreshed = client.prepare().catch(() => undefined);
        return wait(blocked('the token was turned away', refreshed));
      }
      case 'aborted':
      case 'closed':
        return new Unavailable('this process', 'it is shutting down');
      case 'connection-refused':
      case 'dns':
      case 'not-connected':
        return new Unavailable(`provider of account ${account.id}`, reason);
      default:
        return new Retryable(reason);
    }
  }
}

function settledOf({ result }: Resolved): SettledSend {
  return result === '' ? { at: new Date().toISOString() } : (JSON.parse(result) as SettledSend);
}
