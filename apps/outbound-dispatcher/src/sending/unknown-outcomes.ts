import type { Delivery } from '@heliograph/kafka';
import type { LedgerStore } from '@heliograph/redis';
import type { SendingAccount } from '../accounts/sending-account.ts';
import type { Askable, EffectEnd } from './effect.ts';
import type { SettledSend } from './settled-send.ts';
import { providerRead } from './provider-read.ts';
import { memoOf } from './turn.ts';

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
    const offers = lookUp && (lookUp.receipt ?? lookUp.ask?.(sending.clients.use().client));
    return offers ? (memoOf(delivery).asked ?? '') : undefined;
  }

  /** The moment at which it is worth looking again, while an attempt may arrive until `due`. */
  lookAgainAt({ lookUp }: Askable, due: number): number {
    return lookUp?.receipt ? Math.min(due, Date.now() + RECEIPT_LOOK_MS) : due;
  }

  /** @returns whether a receipt told of the attempt; the ledger knows it then */
  async byReceipt(delivery: Delivery, effect: Askable, attempt: string): Promise<boolean> {
    const found = await effect.lookUp?.receipt?.();
    if (found === undefined) return false;
    await this.confirm(delivery, effect, attempt, { ...found, resolvedBy: 'receipt' });
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
    if (!effect.lookUp?.ask?.(sending.clients.use().client)) return cannotTell();
    const { ask } = effect.lookUp;
    const answer = await providerRead(delivery, sending, effect.priority, (client, options) => ask(client)!(options));
    if (answer.kind === 'wait') return answer;
    if (answer.kind !== 'read') return cannotTell();
    await this.learn(delivery, effect, attempt, answer.value);
    return (memo.asking = undefined);
  }

  private async learn(
    delivery: Delivery,
    effect: Askable,
    attempt: string,
    found: SettledSend | undefined,
  ): Promise<void> {
    if (found) return this.confirm(delivery, effect, attempt, { ...found, resolvedBy: 'look-up' });
    await this.ledger.finish(delivery.partition, effect.entryId, attempt, 'retryable');
    memoOf(delivery).foundMissing = true;
  }

  private async confirm(
    { partition }: Delivery,
    { entryId }: Askable,
    attempt: string,
    found: SettledSend,
  ): Promise<void> {
    const settled: SettledSend = { ...found, at: new Date().toISOString() };
    await this.ledger.finish(partition, entryId, attempt, 'confirmed', JSON.stringify(settled));
  }
}
