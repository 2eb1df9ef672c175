import { setTimeout as delay } from 'node:timers/promises';
import { SENDS, type FaultRule } from '@heliograph/testing';
import type { Trial } from '../run/trial.ts';
import type { Scenario } from './scenario.ts';

const HITS = 40;
const FIVE_MINUTES_MS = 5 * 60_000;

/** Faults of the provider that hit so many requests, or until a time has passed. */
const provider = (name: string, does: string, faults: FaultRule[], more: Partial<Scenario> = {}): Scenario => ({
  name: `provider-${name}`,
  does,
  needs: {},
  attack: (trial) =>
    trial.strike(does, async () => {
      for (const fault of faults) await trial.system.simulator.setFault(trial.short ? { ...fault, count: 10 } : fault);
      await delay(trial.short ? 3_000 : 12_000);
      await trial.system.simulator.clearFaults();
    }),
  ...more,
});

const onSends = { match: { path: SENDS } };

async function revokeTokens(trial: Trial): Promise<void> {
  for (let time = 1; time <= trial.times(5); time++) {
    await trial.strike(`every token is revoked (${time})`, () => trial.system.simulator.expireTokens());
    await delay(1_500);
  }
}

async function wrongClock(trial: Trial): Promise<void> {
  for (const offsetMs of [FIVE_MINUTES_MS, -FIVE_MINUTES_MS, 0]) {
    await trial.strike(`the provider's clock is ${offsetMs / 60_000} min off`, () =>
      trial.system.simulator.setClock(offsetMs),
    );
    await delay(4_000);
  }
}

export const PROVIDER: readonly Scenario[] = [
  provider(
    'throttle-named',
    'every third request is answered 429 with Retry-After',
    [{ kind: 'throttle', probability: 0.3, retryAfterS: 1 }],
    { isShort: true },
  ),
  provider('throttle-unnamed', 'every third request is answered 429 without Retry-After', [
    { kind: 'throttle', probability: 0.3 },
  ]),
  provider(
    '5xx',
    'sends are answered 500, 502 and 503',
    [500, 502, 503].map((status) => ({ kind: 'status', status, count: HITS, probability: 0.5, ...onSends })),
  ),
  provider('time-outs', 'messages are taken and never answered', [
    { kind: 'drop-after-accept', count: 2 * HITS, probability: 0.5, delayMs: 20_000, ...onSends },
  ]),
  provider('resets', 'connections are reset before and after a message is taken', [
    { kind: 'reset-before', count: HITS, probability: 0.3, ...onSends },
    { kind: 'reset-after', count: HITS, probability: 0.3, ...onSends },
  ]),
  provider('stall', 'the provider stalls for 30 s, before and after it takes a message', [
    { kind: 'stall', phase: 'before', delayMs: 30_000, count: HITS, probability: 0.5, ...onSends },
    { kind: 'stall', phase: 'after', delayMs: 30_000, count: HITS, probability: 0.5, ...onSends },
  ]),
  {
    name: 'provider-revokes-tokens',
    does: 'every token is answered 401 from one moment to the next',
    needs: {},
    attack: revokeTokens,
  },
  {
    name: 'provider-clock-off',
    does: "the provider's clock goes 5 min wrong, forward and back",
    needs: {},
    attack: wrongClock,
  },
];
