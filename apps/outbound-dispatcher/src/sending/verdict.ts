import type { CallResult, NotSentCode, RefusalCode } from '@heliograph/providers';
import type { Effect, TargetGone, WindowClosed } from './effect.ts';
import type { SettledSend } from './settled-send.ts';

/** What a provider's answer means for the ledger, and what the lane does next. */
export type Verdict =
  | { readonly state: 'confirmed' | 'rejected'; readonly settled: SettledSend }
  /** Certainly without effect. */
  | { readonly state: 'retryable'; readonly next: NextStep }
  /** Stays in flight: after its resolve-after `begin` decides by the policy of the class. */
  | { readonly state: 'inflight'; readonly reason: string };

export type NextStep =
  /** What the call was aimed at is closed or unknown at the provider. */
  | TargetGone
  | WindowClosed
  /** Nothing of the account may be sent before this moment of Date.now(). */
  | { readonly kind: 'pause'; readonly until: number }
  | { readonly kind: 'renew-token'; readonly reason: string }
  | { readonly kind: 'again' }
  /** Waits without costing an attempt. */
  | { readonly kind: 'unavailable'; readonly dependency: 'provider' | 'process'; readonly reason: string };

/** Which refusals are not final for an effect. */
export type Leniency = Pick<Effect<never>, 'final' | 'routed' | 'tellsWindow' | 'refused'>;

/** @param settle what is kept of a success */
export function verdictOf<T>(
  result: CallResult<T>,
  settle: (value: T) => SettledSend,
  lenient: Leniency = {},
): Verdict {
  const at = new Date().toISOString();
  switch (result.outcome) {
    case 'ok':
      return { state: 'confirmed', settled: { ...settle(result.value), at } };
    case 'refused': {
      const { code, reason } = result;
      if (isGone(code, lenient)) return { state: 'retryable', next: { kind: 'target-gone', code, reason } };
      if (code === 'window-closed' && lenient.tellsWindow) return { state: 'retryable', next: { kind: code } };
      return { state: 'rejected', settled: { ...lenient.refused, at, code, reason } };
    }
    case 'throttled':
      return { state: 'retryable', next: { kind: 'pause', until: result.retryAt } };
    case 'not-sent':
      return { state: 'retryable', next: afterNotSent(result.code, result.reason) };
    case 'unknown':
      return { state: 'inflight', reason: result.reason };
  }
}

function isGone(code: RefusalCode, { final = [], routed }: Leniency): boolean {
  if (final.includes(code)) return false;
  return code === 'conversation-closed' || code === 'not-found' || (code === 'forbidden' && routed === true);
}

function afterNotSent(code: NotSentCode, reason: string): NextStep {
  switch (code) {
    case 'unauthorized':
      return { kind: 'renew-token', reason };
    case 'send-by-passed':
    case 'no-token':
      return { kind: 'again' };
    case 'aborted':
    case 'closed':
      return { kind: 'unavailable', dependency: 'process', reason: 'it is shutting down' };
    case 'connection-refused':
    case 'dns':
    case 'not-connected':
      return { kind: 'unavailable', dependency: 'provider', reason };
  }
}
