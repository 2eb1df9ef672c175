import type { Delivery } from '@heliograph/kafka';
import type { BeginOptions, Begun, LedgerStore, Resolved } from '@heliograph/redis';
import { takenBack } from '../consent/taken-back.ts';
import type { SendingAccount } from '../accounts/sending-account.ts';
import { dispatcherMetrics } from '../metrics.ts';
import type { Holds } from './leave.ts';
import { ended, wait, type Effect, type EffectEnd, type Ended, type Refusal, type Waits } from './effect.ts';
import type { SettledSend } from './settled-send.ts';
import { nextStep, providerTurn, type ProviderTurn } from './provider-turn.ts';
import { memoOf } from './turn.ts';
import { UnknownOutcomes } from './unknown-outcomes.ts';
import { askNext, untried } from './untried.ts';
import { verdictOf } from './verdict.ts';

/** Gates, `begin` and the first byte within this time (design, section 5). */
const BEGIN_TO_FIRST_BYTE_MS = 50;
/** What a request may still need after its time-out to reach the provider or be answered: kernel buffers, a closed socket. */
const RESOLVE_MARGIN_MS = 2_000;
/** Between the begin and the finish of an entry without a request. */
const SETTLE_MS = 500;

type Judged = Pick<BeginOptions, 'fence' | 'resolveAfterMs' | 'doubtfulSince' | 'asked'>;

/**
 * Makes effects happen at most once per ledger rules: gates, token, budget, connection, then the gates again and `begin` in one
 * step, the request, `finish`. Whoever calls it publishes what it ended with.
 */
export class LedgeredCall {
  private readonly unknown: UnknownOutcomes;

  constructor(
    private readonly ledger: LedgerStore,
    private readonly doubtfulSince: (delivery: Delivery) => number | undefined,
  ) {
    this.unknown = new UnknownOutcomes(ledger);
  }

  /** How an effect ended, when it has; nothing is waited for or changed. */
  async endedBefore({ partition }: Delivery, entryId: string): Promise<Ended | undefined> {
    const found = await this.ledger.look(partition, entryId);
    return found === undefined || found === 'open' ? undefined : ended(found);
  }

  /** Whether an effect was ever begun or ended. */
  async isKnown({ partition }: Delivery, entryId: string): Promise<boolean> {
    return (await this.ledger.look(partition, entryId)) !== undefined;
  }

  /** Runs an effect, or says again how it ended for this delivery. */
  run<T>(delivery: Delivery, sending: SendingAccount, effect: Effect<T>): Promise<EffectEnd> {
    const { ended: known } = memoOf(delivery);
    const before = known.get(effect.entryId);
    if (before) return Promise.resolve(before);
    return this.attempt(delivery, sending, effect).then((end) => {
      if (end.kind === 'ended') known.set(effect.entryId, end);
      return end;
    });
  }

  /**
   * Ends an entry that stands for no request: the outcome of a command whose requests have entries of their own. Fenced, as
   * every begin is.
   */
  async settle({ partition, fence }: Delivery, entryId: string, settled: SettledSend): Promise<Ended | Waits> {
    const begun = await this.ledger.begin(partition, entryId, {
      fence,
      sendWithinMs: SETTLE_MS,
      resolveAfterMs: 2 * SETTLE_MS,
      // Whoever crashed in between has done nothing at the provider.
      resends: Number.MAX_SAFE_INTEGER,
    });
    if (begun.kind === 'resolved') return ended(begun);
    if (begun.kind !== 'begun') return wait('its outcome is being recorded', Date.now() + SETTLE_MS);
    const result = JSON.stringify({ ...settled, at: new Date().toISOString() });
    const { attempt, possiblyRepeated } = begun;
    await this.ledger.finish(partition, entryId, attempt, 'confirmed', result);
    return ended({ kind: 'resolved', state: 'confirmed', attempt, possiblyRepeated, result });
  }

  private async attempt<T>(delivery: Delivery, sending: SendingAccount, effect: Effect<T>): Promise<EffectEnd> {
    const memo = memoOf(delivery);
    if (memo.unrecorded?.entryId === effect.entryId) return this.record(delivery, sending);
    if (memo.asking !== undefined && effect.lookUp) {
      const asked = await this.unknown.ask(delivery, sending, effect, memo.asking);
      if (asked) return asked;
    }
    const asked = this.unknown.asked(delivery, sending, effect);
    const judged = { ...this.judged(delivery, sending.account.requestTimeoutMs), asked };
    // Up to `begin` nothing below waits in the call that reaches it, so this is the last look, too.
    if (effect.stale?.()) return { kind: 'stale' };
    const refusal = effect.refusal();
    if (refusal) return this.refuse(delivery, effect.entryId, judged, refusal);
    const turn = providerTurn(delivery, sending, effect.priority, effect.buckets);
    if ('kind' in turn) return turn;
    try {
      return await this.begin(delivery, sending, effect, judged, turn);
    } finally {
      turn.slot.release();
    }
  }

  private async begin<T>(
    delivery: Delivery,
    sending: SendingAccount,
    effect: Effect<T>,
    judged: Judged,
    turn: ProviderTurn,
  ): Promise<EffectEnd> {
    const memo = memoOf(delivery);
    memo.attempt ??= this.ledger.newAttempt();
    const beginning = this.ledger.begin(delivery.partition, effect.entryId, {
      ...judged,
      sendWithinMs: BEGIN_TO_FIRST_BYTE_MS,
      resends: effect.resends,
      attempt: memo.attempt,
      window: effect.window,
    });
    // In one write: nobody waits for the second answer alone.
    const [begun, forbids] = await Promise.all([beginning, effect.leave?.()]);
    memo.attempt = undefined;
    if (begun.kind === 'begun' && forbids) return takenBack(this.ledger, delivery, effect.entryId, begun, forbids);
    switch (begun.kind) {
      case 'wait':
        turn.slot.release();
        return this.waitForAttempt(delivery, effect, begun.attempt, begun.waitMs);
      case 'ask':
        return askNext(delivery, begun.attempt);
      case 'resolved':
        return ended(begun);
      case 'window-closed':
        if (effect.tellsWindow) return begun;
        return this.refuse(delivery, effect.entryId, judged, WINDOW_CLOSED);
      case 'begun':
        return this.send(delivery, sending, effect, begun, judged.resolveAfterMs, turn);
    }
  }

  private async waitForAttempt<T>(
    delivery: Delivery,
    effect: Effect<T>,
    attempt: string,
    waitMs: number,
  ): Promise<Waits> {
    const due = Date.now() + waitMs;
    if (await this.unknown.byReceipt(delivery, effect, attempt)) {
      return wait('a receipt told what became of it', Date.now());
    }
    return wait('an earlier attempt is not resolved', this.unknown.lookAgainAt(effect, due));
  }

  /** Ends an effect without trying it. `requestTimeoutMs`: as long as a request of the account may have been under way. */
  refuseNow(delivery: Delivery, requestTimeoutMs: number, entryId: string, refusal: Refusal): Promise<Ended | Waits> {
    return this.refuse(delivery, entryId, this.judged(delivery, requestTimeoutMs), refusal);
  }

  /** Begins nothing of an effect that is not to be tried now; what was begun of it before is found out first. */
  async setAside(
    delivery: Delivery,
    requestTimeoutMs: number,
    entryId: string,
    held: Holds,
  ): Promise<Ended | Waits | Holds> {
    const judged = this.judged(delivery, requestTimeoutMs);
    return untried(delivery, await this.ledger.setAside(delivery.partition, entryId, judged)) ?? held;
  }

  private judged(delivery: Delivery, requestTimeoutMs: number): Judged {
    const resolveAfterMs = BEGIN_TO_FIRST_BYTE_MS + requestTimeoutMs + RESOLVE_MARGIN_MS;
    return { fence: delivery.fence, resolveAfterMs, doubtfulSince: this.doubtfulSince(delivery) };
  }

  private async refuse(delivery: Delivery, entryId: string, judged: Judged, refusal: Refusal): Promise<Ended | Waits> {
    const settled: SettledSend = { at: new Date().toISOString(), ...refusal };
    const result = JSON.stringify(settled);
    return untried(delivery, await this.ledger.refuse(delivery.partition, entryId, { ...judged, result }))!;
  }

  private async send<T>(
    delivery: Delivery,
    sending: SendingAccount,
    effect: Effect<T>,
    begun: Begun,
    resolveAfterMs: number,
    { client, grant, slot }: ProviderTurn,
  ): Promise<EffectEnd> {
    const { account } = sending;
    const resolvedAt = Date.now() + resolveAfterMs;
    const sendBy = Math.min(begun.sendBy, grant.deadline);
    if (performance.now() < sendBy) grant.use();
    const calling = effect.call(client, { sendBy, timeoutMs: account.requestTimeoutMs });
    slot.underWay();
    const result = await calling;
    slot.release();
    dispatcherMetrics.calls.inc({ account: account.id, outcome: result.outcome });
    if (result.outcome === 'throttled') sending.throttled(result);
    const resolvedBy = memoOf(delivery).foundMissing && effect.lookUp ? ('look-up' as const) : undefined;
    const settle = (value: T) => ({ ...effect.settle(value), ...(resolvedBy && { resolvedBy }) });
    const verdict = verdictOf(result, settle, effect);
    if (verdict.state === 'inflight') {
      const again = this.unknown.lookAgainAt(effect, resolvedAt);
      return wait(`outcome unknown: ${verdict.reason}`, again);
    }
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
      return nextStep(delivery, sending, verdict.next);
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
}

const WINDOW_CLOSED: Refusal = {
  code: 'window-closed',
  reason: 'more than 24 hours have passed since the customer last wrote; only an approved template may be sent',
};
