import type { Parties } from '@heliograph/contracts';
import type { Delivery } from '@heliograph/kafka';
import type { FoundSender } from '../accounts/find-sender.ts';
import { memoOf } from '../sending/turn.ts';
import type { NumberedPlace, Place, RouteStore } from './route.store.ts';

/**
 * A place is looked up again when it is older. One that has changed since costs a refused request or an empty conversation at
 * most: the provider says when it is closed, and then it is looked up again. It says nothing about leave to send: window,
 * template and expiry are judged by `begin` and the gates, after all waiting.
 */
const KEPT_MS = 250;

/** Whose place is asked for. */
export interface PlaceWish extends FoundSender {
  readonly command: Parties;
  readonly delivery: Delivery;
}

/** Where a command goes, and from which number of its sender. */
export class Places {
  constructor(private readonly routes: RouteStore) {}

  /** Looked up again after a wait; but an answer that is not dealt with yet is about the place it was asked for. */
  async of(wish: PlaceWish): Promise<NumberedPlace> {
    const memo = memoOf(wish.delivery);
    const isKept = memo.unrecorded || memo.announcing || performance.now() < (memo.placeUntil ?? 0);
    if (memo.place && isKept) return memo.place;
    memo.placeUntil = performance.now() + KEPT_MS;
    const place = await this.routes.find(wish.delivery, wish.command);
    return (memo.place = { ...place, number: await this.numberOf(wish, place) });
  }

  /** The number that knows the contact, as long as it may be used; else one is chosen, and kept before it is used. */
  private async numberOf({ command, delivery, sending, sender }: PlaceWish, place: Place): Promise<string> {
    const { number, providerConversationId } = place;
    const isFixed = providerConversationId !== undefined;
    if (number !== undefined && (isFixed || sender.addresses.includes(number))) return number;
    const [first] = sender.addresses;
    if (isFixed || sender.addresses.length === 1) return first!;
    const chosen = await sending.pool.choose(sender);
    await this.routes.assign(delivery, command.conversationId, chosen);
    return chosen;
  }
}
