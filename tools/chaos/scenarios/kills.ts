import type { ServiceName } from '@heliograph/testing';
import { judgeCrm } from './crm.ts';
import type { Scenario } from './scenario.ts';

const KILLS = 5;

const killOf = (service: ServiceName, more: Partial<Scenario> = {}): Scenario => ({
  name: `kill-${service}`,
  does: `kill -9 of ${service} at random moments, each time until it is ready again`,
  needs: {},
  attack: async (trial) => {
    for (let kill = 1; kill <= trial.times(KILLS); kill++) {
      await trial.strike(`kill -9 (${kill})`, () => trial.system.replica(service).crashAndRestart());
    }
  },
  ...more,
});

export const KILLS_OF_EACH: readonly Scenario[] = [
  killOf('ingress-webhooks'),
  killOf('dedup-router'),
  killOf('session-state', { isShort: true }),
  killOf('outbound-dispatcher'),
  killOf('messaging-api'),
  killOf('crm-sync', { alsoJudge: judgeCrm }),
  killOf('template-registry'),
];
