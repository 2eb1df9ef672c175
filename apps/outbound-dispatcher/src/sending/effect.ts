import type { CallOptions, CallResult, LookUpRequest, ProviderClient, RefusalCode } from '@heliograph/providers';
import { blocked, type Outcome } from '@heliograph/kafka';
import type { Bucket, Resolved } from '@heliograph/redis';
import type { SettledSend } from './outcome-facts.ts';

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
  /** Refusals that end it, although they only say that what it is aimed at is gone. */
  readonly final?: readonly RefusalCode[];
  /** What the request takes from, under one of the account's OAuth clients. */
  readonly buckets: (clientId: string) => readonly Bucket[];
  /** Exactly one request. */
  readonly call: (client: ProviderClient, options: CallOptions) => Promise<CallResult<T>>;
  readonly settle: (value: T) => SettledSend;
  /** How an unknown outcome can be found out, where the provider offers a way. */
  readonly lookUp?: LookUp;
}

export interface LookUp {
  readonly request: LookUpRequest;
  /** The provider's id of the message, when a receipt has told of it; undefined where receipts carry no reference. */
  readonly receipt: (() => Promise<string | undefined>) | undefined;
  /** What is kept of a message that was found. */
  readonly found: (providerMessageId: string) => SettledSend;
}

/** What finding out about an effect needs of it. */
export type Askable = Pick<Effect<never>, 'entryId' | 'priority' | 'lookUp'>;

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

/** The provider said that what the effect was aimed at is gone; nothing was done. */
export interface TargetGone {
  readonly kind: 'target-gone';
  readonly code: RefusalCode;
  readonly reason: string;
}

/** How an effect ended so far. */
export type EffectEnd = Ended | Waits | TargetGone;

export const wait = (reason: string, until: Promise<unknown> | number): Waits => ({
  kind: 'wait',
  outcome: blocked(reason, until),
});

export const ended = (resolved: Resolved): Ended => ({
  kind: 'ended',
  ended: resolved,
  settled: settledOf(resolved),
});

function settledOf({ result }: Resolved): SettledSend {
  return result === '' ? { at: new Date().toISOString() } : (JSON.parse(result) as SettledSend);
}
