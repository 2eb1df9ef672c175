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

  /** The place that needs no look; an answer that is not dealt with yet is about the place it was asked for. */
  kept(delivery: Delivery): NumberedPlace | undefined {
    const memo = memoOf(delivery);
    const isKept = memo.unrecorded || memo.announcing || performance.now() < (memo.placeUntil ?? 0);
    return isKept ? memo.place : undefined;
  }

  /** Looked up again after a wait. */
  async of(wish: PlaceWish): Promise<NumberedPlace> {
    const kept = this.kept(wish.delivery);
    if (kept) return kept;
    const memo = memoOf(wish.delivery);
    memo.placeUntil = performance.now() + KEPT_MS;
    const place = await this.routes.find(wish.delivery, wish.command);
    const number = this.numberOf(wish, place) ?? (await this.choose(wish));
    return (memo.place = { ...place, number });
  }

  /** The number that knows the contact, as long as it may be used; undefined: one has to be chosen. */
  private numberOf({ sender }: PlaceWish, { number, providerConversationId }: Place): string | undefined {
    const isFixed = providerConversationId !== undefined;
    if (number !== undefined && (isFixed || sender.addresses.includes(number))) return number;
    return isFixed || sender.addresses.length === 1 ? sender.addresses[0] : undefined;
  }

  /** Kept before it is used. */
  private async choose({ command, delivery, sending, sender }: PlaceWish): Promise<string> {
    const chosen = await sending.pool.choose(sender);
    await this.routes.assign(delivery, command.conversationId, chosen);
    return chosen;
  }
}
