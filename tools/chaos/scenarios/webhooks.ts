import type { Trial } from '../run/trial.ts';
import type { Scenario } from './scenario.ts';

const BACK = { receipts: [{ status: 'delivered', afterMs: 50 }], repeat: 1, simultaneous: null, repeatDelayMs: null };

/** The router and ingress die in the midst of it. */
async function killInbound(trial: Trial): Promise<void> {
  for (const service of trial.short ? (['dedup-router'] as const) : (['dedup-router', 'ingress-webhooks'] as const)) {
    await trial.strike(`kill -9 of ${service}`, () => trial.system.replica(service).crashAndRestart());
  }
}

export const WEBHOOKS: readonly Scenario[] = [
  {
    name: 'webhooks-repeated',
    does: 'every event is delivered three times one after the other, repeats behind later events',
    needs: {},
    prepare: ({ system }) => system.simulator.changeWebhooks({ repeat: 3, repeatDelayMs: 40 }),
    attack: killInbound,
  },
  {
    name: 'webhooks-disordered',
    does: 'every event is delivered three times at the same instant, events and receipts out of order',
    needs: {},
    isShort: true,
    prepare: ({ system }) => system.simulator.changeWebhooks({ repeat: 3, simultaneous: true }),
    attack: async (trial) => {
      const receipts = [
        { status: 'sent', afterMs: 5 },
        { status: 'delivered', afterMs: 20 },
        { status: 'read', afterMs: 40 },
      ];
      trial.toldInOrder = false;
      await trial.system.simulator.changeWebhooks({ ordered: false, shuffle: 0.5, receipts });
      await killInbound(trial);
    },
  },
];

/** What every row begins with. */
export const webhooksAsUsual = ({ system }: Trial): Promise<unknown> =>
  system.simulator.changeWebhooks({ ...BACK, ordered: null, shuffle: null });
