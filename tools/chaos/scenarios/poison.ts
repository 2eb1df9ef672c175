import { inParallel, upTo, waitFor } from '@heliograph/testing';
import type { Trial } from '../run/trial.ts';
import type { Scenario } from './scenario.ts';

const CONVERSATIONS = 10_000;
const WIDTH = 24;
const ENDED_MS = 5 * 60_000;

/** One conversation whose every message fails, beside all the others. */
async function poison(trial: Trial): Promise<void> {
  const { load, numbers, row } = trial;
  const count = trial.short ? 1_000 : CONVERSATIONS;
  const one = (number: number) => load.commandNew(`${row}/other`, numbers.next(), number);
  const unlucky = await load.commandNew(`${row}/unlucky`, numbers.next(), 0);
  const haveEnded = (): boolean =>
    load.commands.every(({ contact, messageId }) => contact !== unlucky.contact || trial.inFlight.hasEnded(messageId));
  await waitFor(haveEnded, { timeoutMs: ENDED_MS, description: 'it is opened' });
  const struck = trial.strike('every message of one conversation fails', async () => {
    await trial.system.simulator.setFault({ kind: 'status', match: { textIncludes: `${row}/unlucky` } });
    for (const _ of upTo(3)) await load.commandIn(unlucky);
  });
  await Promise.all([struck, inParallel(upTo(count), WIDTH, one)]);
  // Until then the fault stays, or they would go through after all.
  await waitFor(haveEnded, { timeoutMs: ENDED_MS, description: 'every message of it is given up' });
}

export const POISON: readonly Scenario[] = [
  {
    name: 'one-conversation-fails',
    does: 'every message of one conversation among 10,000 fails',
    needs: { limit: { requests: 2_000, perSeconds: 1 } },
    // The others are its load.
    load: { conversations: 40, mostInFlight: 0 },
    prepare: ({ system }) => system.simulator.changeWebhooks({ receipts: [] }),
    attack: poison,
  },
];
