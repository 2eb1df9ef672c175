import type { HoldCause, SendMessage } from '@heliograph/contracts';
import type { Delivery } from '@heliograph/kafka';
import type { ConsentVerdict } from '../consent/suppression.ts';

/** The message leaves the order of its conversation, and is given again. */
export interface Holds {
  readonly kind: 'held';
  readonly cause: Exclude<HoldCause, 'window-closed'>;
  /** ISO 8601; absent: when its cause is over. */
  readonly resumeAt?: string | undefined;
}

/** It is not sent at all. */
export interface Refuses {
  readonly kind: 'refused';
  readonly refusal: { readonly code: string; readonly reason: string };
}

/** Why a message may not begin at this moment. */
export type LeaveVerdict = ConsentVerdict | Refuses | Holds;

/** Says whether a message may be sent at all at this moment; what it says stands in Redis, and may change any time. */
export interface LeaveGate {
  /** Before anything is asked for, once per delivery, and again after every answer to wait. @throws Unavailable */
  first(command: SendMessage, delivery: Delivery): Promise<LeaveVerdict | undefined>;
  /** At this moment, in one write with `begin`; undefined when nothing forbids it. @throws Unavailable */
  now(command: SendMessage, delivery: Delivery): Promise<LeaveVerdict | undefined>;
}

/** What ends a message goes before what holds it, and that before what it waits for. */
const STRENGTH: readonly LeaveVerdict['kind'][] = ['suppressed', 'refused', 'held', 'wait'];

/** Leave to send: everyone who may forbid it is asked in one write; the strongest verdict counts, of equals the first. */
export class Leave implements LeaveGate {
  constructor(private readonly gates: readonly LeaveGate[]) {}

  first(command: SendMessage, delivery: Delivery): Promise<LeaveVerdict | undefined> {
    return strongest(this.gates.map((gate) => gate.first(command, delivery)));
  }

  now(command: SendMessage, delivery: Delivery): Promise<LeaveVerdict | undefined> {
    return strongest(this.gates.map((gate) => gate.now(command, delivery)));
  }
}

async function strongest(asked: readonly Promise<LeaveVerdict | undefined>[]): Promise<LeaveVerdict | undefined> {
  const verdicts = await Promise.all(asked);
  for (const kind of STRENGTH) {
    const found = verdicts.find((verdict) => verdict?.kind === kind);
    if (found) return found;
  }
  return undefined;
}
