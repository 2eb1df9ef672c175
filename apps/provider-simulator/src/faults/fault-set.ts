import { integer, number, object, oneOf, optional, text, type Checked } from '../check/check.ts';
import type { RequestRecord } from '../evidence/request-log.ts';
import type { Random } from '../world/random.ts';

/**
 * What can go wrong, on purpose:
 * - `status`: answers `status` (default 500) without effect; `throttle`: the same with 429. `retryAfterS` adds the header.
 * - `reset-before`: the connection is reset without effect; `reset-after`: after the effect, instead of the answer.
 * - `drop-after-accept`: the effect happens, the answer never comes (connection ended after `delayMs`, default 120 s).
 * - `hold`: waits until the fault is removed (at most `delayMs`, default 120 s), then works.
 * - `stall`: waits `delayMs` (default 30 s). `phase: 'before'` (default): then works, unless the client has gone meanwhile;
 *   `phase: 'after'`: the effect is at once, the answer late.
 * The kinds that keep an answer back leave requests alone that the contract refuses anyway.
 */
export const faultKinds = [
  'status',
  'throttle',
  'reset-before',
  'reset-after',
  'drop-after-accept',
  'stall',
  'hold',
] as const;

export const faultShape = object({
  kind: oneOf(...faultKinds),
  /** Share of the matching requests that are hit; all when missing. */
  probability: optional(number({ min: 0, max: 1 })),
  /** How many requests are hit before the fault is spent; endless when missing. */
  count: optional(integer({ min: 1 })),
  match: optional(
    object({
      method: optional(oneOf('GET', 'POST', 'PUT', 'DELETE')),
      /** Compared with the whole path; `*` stands for any characters. */
      path: optional(text()),
      conversationId: optional(text()),
      /** The OAuth client. */
      client: optional(text()),
      textIncludes: optional(text()),
    }),
  ),
  status: optional(integer({ min: 400, max: 599 })),
  retryAfterS: optional(integer({ max: 86_400 })),
  delayMs: optional(integer({ max: 3_600_000 })),
  phase: optional(oneOf('before', 'after')),
});

export type FaultRule = Checked<typeof faultShape>;
export type Phase = 'before' | 'after';

export interface Fault extends FaultRule {
  readonly id: string;
  hits: number;
}

interface Armed {
  readonly fault: Fault;
  readonly phase: Phase;
  readonly path: RegExp | undefined;
}

/** The faults of one account (or of the CRM), tried in the order in which they were set. */
export class FaultSet {
  readonly #random: Random;
  #armed: Armed[] = [];
  #added = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  add(rule: FaultRule): Fault {
    const fault: Fault = { id: `fault-${++this.#added}`, hits: 0, ...rule };
    const path = rule.match?.path;
    this.#armed.push({ fault, phase: phaseOf(rule), path: path === undefined ? undefined : wildcard(path) });
    return fault;
  }

  list(): Fault[] {
    return this.#armed.map(({ fault }) => fault);
  }

  has(id: string): boolean {
    return this.#armed.some(({ fault }) => fault.id === id);
  }

  /** False when there is no such fault. */
  remove(id: string): boolean {
    const before = this.#armed.length;
    this.#armed = this.#armed.filter(({ fault }) => fault.id !== id);
    return this.#armed.length < before;
  }

  clear(): void {
    this.#armed = [];
  }

  /** The first fault of the phase that hits this request; the hit is counted. */
  strike(phase: Phase, record: RequestRecord): Fault | undefined {
    for (const armed of this.#armed) {
      const { fault } = armed;
      if (armed.phase !== phase || fault.hits >= (fault.count ?? Infinity) || !matches(armed, record)) continue;
      if (!this.#random.chance(fault.probability ?? 1)) continue;
      fault.hits++;
      return fault;
    }
    return undefined;
  }
}

function phaseOf({ kind, phase }: FaultRule): Phase {
  if (kind === 'stall') return phase ?? 'before';
  return kind === 'drop-after-accept' || kind === 'reset-after' ? 'after' : 'before';
}

function matches({ fault: { match }, path }: Armed, record: RequestRecord): boolean {
  if (!match) return true;
  if (match.method !== undefined && match.method !== record.method) return false;
  if (path && !path.test(record.path)) return false;
  if (match.client !== undefined && match.client !== record.client) return false;
  if (match.conversationId !== undefined && match.conversationId !== record.conversationId) return false;
  return match.textIncludes === undefined || (record.text?.includes(match.textIncludes) ?? false);
}

function wildcard(pattern: string): RegExp {
  const literal = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`);
}
