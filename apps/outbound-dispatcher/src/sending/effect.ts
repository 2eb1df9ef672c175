import type { CallOptions, CallResult, ProviderClient, RefusalCode } from '@heliograph/providers';
import { blocked, type Outcome } from '@heliograph/kafka';
import type { Bucket, Resolved } from '@heliograph/redis';
import type { Suppression } from '../consent/suppression.ts';
import type { Holds, LeaveVerdict } from './leave.ts';
import type { SettledSend } from './settled-send.ts';

/** Why something must not be sent. */
export interface Refusal {
  readonly code: string;
  readonly reason: string;
  /** The contact has said no. */
  readonly suppressed?: Suppression;
}

/** One effect at the provider, with a ledger entry of its own. */
export interface Effect<T> {
  readonly entryId: string;
  readonly priority: 'transactional' | 'campaign';
  /** Resends that an unknown outcome allows. */
  readonly resends: number;
  /** Asked after all waiting, in the same turn as `begin`: why it must not be sent now. */
  readonly refusal: () => Refusal | undefined;
  /** Asked just before `refusal`: whether something else is to be sent by now than was decided on. Then nothing is begun. */
  readonly stale?: (() => boolean) | undefined;
  /** Asked in the same turn as `begin`, at most as long before the first byte. Absent: nobody's leave is needed. */
  readonly leave?: () => Promise<LeaveVerdict | undefined>;
  /** The moment the customer's last message must not be before; the key is in the ledger's partition. */
  readonly window?: { readonly key: string; readonly notBefore: number };
  /** Refusals that end it, although they only say that what it is aimed at is gone. */
  readonly final?: readonly RefusalCode[];
  /** A closed window is told to the caller, and the effect may still be tried: its command says what to do instead. */
  readonly tellsWindow?: boolean;
  /** It is aimed at something that is remembered and may have changed, so a 403 may mean that, too (guide 000, edge case 3). */
  readonly routed?: boolean;
  /** What the request takes from, under one of the account's OAuth clients. */
  readonly buckets: (clientId: string) => readonly Bucket[];
  /** Exactly one request. */
  readonly call: (client: ProviderClient, options: CallOptions) => Promise<CallResult<T>>;
  readonly settle: (value: T) => SettledSend;
  /** What is kept with a refusal of the provider. */
  readonly refused?: Partial<SettledSend> | undefined;
  /** How an unknown outcome can be found out, where the provider offers a way. */
  readonly lookUp?: LookUp;
}

export interface LookUp {
  /** Whether the provider has it: what is kept of it then, undefined when it never arrived. Absent: it cannot be asked. */
  readonly ask?: (client: ProviderClient) => Asking | undefined;
  /** What is kept of it when a receipt has told of it; undefined where receipts carry no reference. */
  readonly receipt?: (() => Promise<SettledSend | undefined>) | undefined;
}

/** One request that changes nothing. */
export type Asking = (options: CallOptions) => Promise<CallResult<SettledSend | undefined>>;

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

/** The provider said that what the effect was aimed at is gone, or may not be used any more; nothing was done. */
export interface TargetGone {
  readonly kind: 'target-gone';
  readonly code: RefusalCode;
  readonly reason: string;
}

/** The 24-hour window is closed, and nothing was done. */
export interface WindowClosed {
  readonly kind: 'window-closed';
}

/** What was decided on is not what is to be sent any more, and nothing was done. */
export interface Stale {
  readonly kind: 'stale';
}

/** How an effect ended so far. */
export type EffectEnd = Ended | Waits | TargetGone | WindowClosed | Stale | Holds;
/** The same for an effect that neither a window, a template nor anybody's leave is about. */
export type RequestEnd = Exclude<EffectEnd, WindowClosed | Stale | Holds>;

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
