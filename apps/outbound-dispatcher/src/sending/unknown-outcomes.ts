import type { Delivery } from '@heliograph/kafka';
import type { CallResult, LookedUp } from '@heliograph/providers';
import type { LedgerStore } from '@heliograph/redis';
import type { SendingAccount } from '../accounts/sending-account.ts';
import { dispatcherMetrics } from '../metrics.ts';
import type { Askable, EffectEnd } from './effect.ts';
import type { SettledSend } from './outcome-facts.ts';
import { nextStep, providerTurn } from './provider-turn.ts';
import { memoOf } from './turn.ts';
import { verdictOf } from './verdict.ts';

/** How often it is looked for a receipt while an attempt may still arrive. */
const RECEIPT_LOOK_MS = 500;

/**
 * Finds out what became of an attempt whose answer never came (promise 4): by a receipt that carries our reference, by a
 * look-up at the provider, or, where neither tells, not at all; then the policy of the class decides.
 */
export class UnknownOutcomes {
  constructor(private readonly ledger: LedgerStore) {}

  /** What `begin` has to know: the attempt that could not be told of, '' before one was asked about, undefined: none can be. */
  asked(delivery: Delivery, sending: SendingAccount, { lookUp }: Askable): string | undefined {
    const offers = lookUp && (lookUp.receipt !== undefined || 'lookUpMessage' in sending.clients.use().client);
    return offers ? (memoOf(delivery).asked ?? '') : undefined;
  }

  /** The moment at which it is worth looking again, while an attempt may arrive until `due`. */
  lookAgainAt({ lookUp }: Askable, due: number): number {
    return lookUp?.receipt ? Math.min(due, Date.now() + RECEIPT_LOOK_MS) : due;
  }

  /** @returns whether a receipt told of the attempt; the ledger knows it then */
  async byReceipt(delivery: Delivery, effect: Askable, attempt: string): Promise<boolean> {
    const providerMessageId = await effect.lookUp?.receipt?.();
    if (providerMessageId === undefined) return false;
    await this.confirm(delivery, effect, attempt, { providerMessageId, resolvedBy: 'receipt' });
    return true;
  }

  /**
   * Asks about an attempt that cannot arrive any more.
   *
   * @returns what the lane waits for; undefined when there is nothing more to ask
   */
  async ask(
    delivery: Delivery,
    sending: SendingAccount,
    effect: Askable,
    attempt: string,
  ): Promise<EffectEnd | undefined> {
    const memo = memoOf(delivery);
    if (await this.byReceipt(delivery, effect, attempt)) return (memo.asking = undefined);
    const cannotTell = (): undefined => {
      memo.asking = undefined;
      memo.asked = attempt;
    };
    if (!effect.lookUp || !('lookUpMessage' in sending.clients.use().client)) return cannotTell();
    const turn = providerTurn(delivery, sending, effect.priority, (id) => sending.buckets.request(id));
    if ('kind' in turn) return turn;
    const options = { sendBy: turn.grant.deadline, timeoutMs: sending.account.requestTimeoutMs };
    const asking = turn.client.lookUpMessage!(effect.lookUp.request, options);
    turn.slot.underWay();
    const result: CallResult<LookedUp> = await asking.finally(() => turn.slot.release());
    dispatcherMetrics.calls.inc({ account: sending.account.id, outcome: result.outcome });
    switch (result.outcome) {
      case 'ok':
        await this.learn(delivery, effect, attempt, result.value);
        return (memo.asking = undefined);
      case 'refused':
      case 'unknown':
        return cannotTell();
      case 'throttled':
        sending.throttled(result);
        break;
      case 'not-sent':
        break;
    }
    const verdict = verdictOf(result, () => ({ at: '' }));
    return verdict.state === 'retryable' ? nextStep(delivery, sending, verdict.next) : cannotTell();
  }

  private async learn(delivery: Delivery, effect: Askable, attempt: string, looked: LookedUp): Promise<void> {
    if (looked.found) {
      const { providerMessageId } = looked;
      return this.confirm(delivery, effect, attempt, { providerMessageId, resolvedBy: 'look-up' });
    }
    await this.ledger.finish(delivery.partition, effect.entryId, attempt, 'retryable');
    memoOf(delivery).foundMissing = true;
  }

  private async confirm(
    { partition }: Delivery,
    effect: Askable,
    attempt: string,
    { providerMessageId, resolvedBy }: Required<Pick<SettledSend, 'providerMessageId' | 'resolvedBy'>>,
  ): Promise<void> {
    const found = effect.lookUp?.found(providerMessageId);
    const settled: SettledSend = { ...found, at: new Date().toISOString(), providerMessageId, resolvedBy };
    await this.ledger.finish(partition, effect.entryId, attempt, 'confirmed', JSON.stringify(settled));
  }
}
