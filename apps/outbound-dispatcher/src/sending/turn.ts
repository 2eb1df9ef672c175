import { blocked, type Delivery, type Outcome } from '@heliograph/kafka';
import type { AgentParticipant } from '@heliograph/providers';
import type { Begun, Demand, Grant } from '@heliograph/redis';
import type { Claim, Slot } from '../accounts/connection-slots.ts';
import type { SendingAccount } from '../accounts/sending-account.ts';
import type { ContactMemo } from '../contacts/contact-memo.ts';
import type { NumberedPlace, Place } from '../routes/route.store.ts';
import type { ChosenTemplate } from '../templates/chosen-template.ts';
import type { Ended } from './effect.ts';
import type { Verdict } from './verdict.ts';

/** An answer that the ledger does not have yet. */
export interface UnrecordedAnswer {
  readonly entryId: string;
  readonly begun: Begun;
  readonly verdict: Exclude<Verdict, { state: 'inflight' }>;
}

/** What a command remembers between two calls of its handler; gone when the process or the partition is. */
export interface SendMemo {
  /** Entries of which the ledger was asked whether they had ended before. */
  readonly looked: Set<string>;
  /** How effects of this delivery ended. */
  readonly ended: Map<string, Ended>;
  /** A grant that was not used yet, and for what it was given. */
  held?: { readonly grant: Grant; readonly buckets: string };
  claim?: Claim;
  /** Id of an attempt whose `begin` was not answered: the same id begins the same attempt. */
  attempt?: string;
  /** Where the command was going when its handler was called last. */
  place?: NumberedPlace;
  /** Until when that counts without another look, milliseconds of `performance.now()`. */
  placeUntil?: number;
  unrecorded?: UnrecordedAnswer;
  /** A conversation was opened, and that is not announced yet. */
  announcing: boolean;
  /** The one that was opened and announced last. */
  announced?: string;
  tokenError?: Error;
  /** Answers in a row that turned the account's token away. */
  unauthorized: number;
  /** Provider conversations that this command found gone. */
  gone: number;
  /** Whom a structured message is for, as far as it was looked up. */
  contact?: ContactMemo;
  /** The 24-hour window was found closed: what the policy says instead is done. */
  windowClosed?: boolean;
  /** Whether the contact may be written to was asked before anything else was. */
  consentSeen?: boolean;
  /** Whether its campaign goes on was asked before anything else was. */
  campaignSeen?: boolean;
  /** The contact's yes is on record. */
  optedIn?: boolean;
  /** Queues, skills and users that were looked up for this command. */
  readonly routed: Set<string>;
  /** The agents of a provider conversation, as they were fetched for this command. */
  agents?: { readonly of: string; readonly agents: readonly AgentParticipant[] } | undefined;
  /** Whom a hand-off is for; '' for a queue. */
  agentId?: string;
  /** What is closed. */
  closes?: Place;
  /** Where the conversation was when it was handed to a queue. */
  handOffFrom?: NumberedPlace;
  /** Until when it is waited for session-state to know where it went, milliseconds of Date.now(). */
  knownBy?: number;
  /** What was remembered was looked up anew, after a 403 or 404. */
  refreshed?: boolean;
  /** What is sent of templates by name, by ledger entry. */
  readonly chosen: Map<string, ChosenTemplate>;
  /** The template that an attempt was begun with last, by name. */
  attempted?: string;
  /** The attempt of unknown outcome that the provider is being asked about. */
  asking?: string;
  /** The one it could not tell of. */
  asked?: string;
  /** The provider said that an attempt of unknown outcome never arrived. */
  foundMissing?: boolean;
}

export function memoOf(delivery: Delivery): SendMemo {
  return (delivery.memo ??= {
    looked: new Set(),
    ended: new Map(),
    routed: new Set(),
    chosen: new Map(),
    announcing: false,
    unauthorized: 0,
    gone: 0,
  } satisfies SendMemo) as SendMemo;
}

/** Leave to make one request, and a connection for it. */
export interface Turn {
  readonly grant: Grant;
  readonly slot: Slot;
}

/**
 * The grant and the connection of a request, or the outcome that makes its lane wait for one of them. A grant that ran out of
 * time while the lane waited is thrown away, as the budget's arithmetic demands; so is one from before a pause, or for other
 * buckets. While no connection is free nothing is taken from the budget.
 */
export function takeTurn(
  delivery: Delivery,
  sending: SendingAccount,
  demand: Demand,
): { turn: Turn } | { wait: Outcome } {
  const memo = memoOf(delivery);
  const { held, claim } = memo;
  memo.held = undefined;
  memo.claim = undefined;
  const buckets = demand.buckets.map(({ name }) => name).join();
  if (held?.buckets === buckets && performance.now() < held.grant.deadline && !sending.paused) {
    const slot = sending.slots.take(claim);
    if (slot) return { turn: { grant: held.grant, slot } };
    // Still good, if a connection is free in time.
    memo.held = held;
  }
  // Whoever waited in line once goes on, even if it took too long: on a busy machine nobody would get anywhere else.
  const free = claim ? undefined : sending.slots.whenFree(demand.priority);
  if (free) {
    const woken = free.then((given) => void (memo.claim = given));
    return { wait: blocked(`waits for a connection of account ${sending.account.id}`, woken) };
  }
  memo.claim = claim;
  const leaving = new AbortController();
  const turn = sending.take(demand, leaving).then(
    (grant) => void (memo.held = { grant, buckets }),
    // Another client is used now; or the wait was given up, or the budget is closing: the record is taken up again later.
    () => undefined,
  );
  return { wait: blocked(reasonOf(sending, demand), turn, () => leaving.abort()) };
}

/** The same for all who wait in one line: those of one number, or of requests without one. A pair's own limit is a short wait. */
function reasonOf({ account }: SendingAccount, { buckets, priority }: Demand): string {
  const { name } = buckets.find((bucket) => bucket.name.startsWith('number:')) ?? buckets[0]!;
  return `waits for ${priority} budget of account ${account.id}, ${name}`;
}
