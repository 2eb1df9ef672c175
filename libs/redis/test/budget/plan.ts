import fc from 'fast-check';
import type { Priority } from '../../src/index.ts';

/** One schedule: who wants what when, and what goes wrong meanwhile. Moments are parts of its length, from 0 to 1. */
export interface Plan {
  readonly seed: number;
  readonly limits: { readonly tenant: Limit; readonly numbers: readonly Limit[]; readonly borrow: number };
  readonly campaignShare: number;
  /** Nothing was taken for long before; else Redis has just been lost. */
  readonly idleFirst: boolean;
  readonly offsetsMs: readonly number[];
  readonly loads: readonly Load[];
  readonly faults: readonly Fault[];
}

export interface Limit {
  readonly limit: number;
  readonly periodMs: number;
}

export interface Load {
  readonly at: number;
  readonly replica: number;
  readonly number: number;
  /** 0: no pair. */
  readonly contact: number;
  readonly priority: Priority;
  readonly count: number;
}

export type Fault = { readonly at: number; readonly replica: number } & (
  | { readonly kind: 'stall' | 'slow'; readonly ms: number }
  | { readonly kind: 'flush' | 'throttle' }
  | { readonly kind: 'pause'; readonly ms: number }
  | { readonly kind: 'observe'; readonly left: number; readonly resetMs: number | undefined }
);

const whole = (min: number, max: number) => fc.noBias(fc.integer({ min, max }));
const moment = whole(0, 1_000).map((thousandths) => thousandths / 1_000);
const limit = fc.record({
  limit: fc.oneof(whole(1, 12), whole(13, 60)),
  periodMs: fc.oneof(whole(401, 1_000), whole(1_000, 3_000)),
});
const fault = fc
  .record({
    at: moment,
    replica: fc.nat(3),
    kind: fc.constantFrom('stall', 'stall', 'stall', 'slow', 'slow', 'flush', 'flush', 'pause', 'observe', 'throttle'),
    ms: whole(20, 300),
    left: whole(0, 10),
    resetMs: fc.option(whole(1, 2_000), { nil: undefined }),
  })
  .map((all) => all as Fault);

export const plans: fc.Arbitrary<Plan> = fc.record({
  seed: fc.nat(),
  limits: fc.record({
    tenant: limit,
    numbers: fc.array(limit, { minLength: 1, maxLength: 3 }),
    borrow: whole(1, 6),
  }),
  campaignShare: fc.constantFrom(0, 0.3, 0.7, 1),
  idleFirst: fc.boolean(),
  offsetsMs: fc.array(whole(-300_000, 300_000), { minLength: 1, maxLength: 4 }),
  loads: fc.array(
    fc.record({
      at: moment.map((at) => at * at),
      replica: fc.nat(3),
      number: fc.nat(2),
      contact: fc.constantFrom(0, 0, 0, 1, 2),
      priority: fc.constantFrom('transactional', 'campaign'),
      count: whole(1, 60),
    }),
    { minLength: 2, maxLength: 8, size: 'max' },
  ),
  faults: fc.array(fault, { maxLength: 4 }),
});
