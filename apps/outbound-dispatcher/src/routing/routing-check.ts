import type { RoutingWish } from '@heliograph/contracts';
import type { Delivery } from '@heliograph/kafka';
import type { RoutingName } from '@heliograph/providers';
import { Unavailable } from '@heliograph/runtime';
import type { SendingAccount } from '../accounts/sending-account.ts';
import { dispatcherMetrics } from '../metrics.ts';
import { wait, type Refusal, type TargetGone, type Waits } from '../sending/effect.ts';
import { providerRead } from '../sending/provider-read.ts';
import { memoOf } from '../sending/turn.ts';
import type { RoutingContext } from './routing-context.ts';

/** The queue and the skills that a conversation is opened with. */
export function namesOf(queueId: string, wish: Pick<RoutingWish, 'skills'> | undefined): RoutingName[] {
  const skills = wish?.skills ?? [];
  return [{ kind: 'queue', id: queueId }, ...skills.map(({ id }) => ({ kind: 'skill' as const, id }))];
}

/**
 * Checks what an operation is routed by against what the provider says of it (guide 000, edge case 3). Each is looked up at
 * most once per command, and once more after a refusal.
 */
export class RoutingCheck {
  constructor(private readonly context: RoutingContext) {}

  /**
   * @returns why the operation must not be tried, what the lane waits for, or undefined: nothing speaks against it
   * @throws Unavailable when the provider does not say
   */
  async check(
    delivery: Delivery,
    sending: SendingAccount,
    names: readonly RoutingName[],
  ): Promise<Refusal | Waits | undefined> {
    const { routed } = memoOf(delivery);
    for (const name of names) {
      const key = `${name.kind}/${name.id}`;
      if (routed.has(key)) continue;
      const found = this.context.find(sending.account.id, name);
      const answer = found ? (found.active ? undefined : inactive(name)) : await this.lookUp(delivery, sending, name);
      if (answer) return answer;
      routed.add(key);
    }
    return undefined;
  }

  /**
   * After a refusal of the operation: whether it is worth being tried once more, with everything looked up anew. A closed
   * conversation is no matter of routing.
   */
  refresh(delivery: Delivery, sending: SendingAccount, names: readonly RoutingName[], { code }: TargetGone): boolean {
    const memo = memoOf(delivery);
    if (memo.refreshed || (code !== 'forbidden' && code !== 'not-found')) return false;
    memo.refreshed = true;
    memo.routed.clear();
    for (const name of names) this.context.forget(sending.account.id, name);
    dispatcherMetrics.routingRefreshes.inc({ account: sending.account.id });
    return true;
  }

  private async lookUp(
    delivery: Delivery,
    sending: SendingAccount,
    name: RoutingName,
  ): Promise<Refusal | Waits | undefined> {
    const { id: account } = sending.account;
    const others = this.context.lookedUp(account, name);
    if (others) return wait(`${name.kind} of account ${account} is being looked up`, others);
    const answer = await providerRead(delivery, sending, 'transactional', (client, options) =>
      this.context.lookUp(account, name, () => client.lookUpRouting(name, options)),
    );
    if (answer.kind === 'wait') return answer;
    if (answer.kind === 'unknown') throw new Unavailable(`the provider of account ${account}`, answer.reason);
    dispatcherMetrics.routingLooks.inc({ account, kind: name.kind, outcome: answer.kind });
    if (answer.kind === 'read') return answer.value.active ? undefined : inactive(name);
    // Anything but a 404 says only that we may not look: the operation itself decides.
    return answer.code === 'not-found' ? missing(name, answer.reason) : undefined;
  }
}

const missing = ({ kind, id }: RoutingName, reason: string): Refusal => ({
  code: 'not-found',
  reason: `the provider has no ${kind} "${id}": ${reason}`,
});

const inactive = ({ kind, id }: RoutingName): Refusal => ({
  code: 'inactive',
  reason: `the provider says that ${kind} "${id}" is not active`,
});
