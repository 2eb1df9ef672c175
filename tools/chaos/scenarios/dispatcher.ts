import { inParallel, SENDS, upTo, waitFor, type Arrival } from '@heliograph/testing';
import type { Trial } from '../run/trial.ts';
import type { Scenario } from './scenario.ts';

const OPENS = '*/conversations/messaging';
/** Requests that the provider has taken and not answered. */
const HELD = 15;
const NEW = 40;
const WAIT = { timeoutMs: 30_000, intervalMs: 50 };

const isHeld = ({ accepted, status }: Arrival): boolean => accepted && status === 0;

/** Sets a fault that keeps answers back, and waits until enough requests are taken and unanswered. */
async function holdAnswers(trial: Trial, path: string, delayMs: number): Promise<Arrival[]> {
  const since = (await trial.witnesses.arrivals()).at(-1)?.seq ?? 0;
  await trial.system.simulator.setFault({ kind: 'stall', phase: 'after', delayMs, match: { path } });
  const held = async (): Promise<Arrival[] | undefined> => {
    const unanswered = (await trial.witnesses.arrivals(since)).filter(isHeld);
    return unanswered.length >= HELD ? unanswered : undefined;
  };
  return waitFor(held, { ...WAIT, description: `${HELD} requests are taken and not answered` });
}

async function killBeforeAnswer(trial: Trial): Promise<void> {
  const { simulator } = trial.system;
  const dispatcher = trial.system.replica('outbound-dispatcher');
  for (let kill = 1; kill <= trial.times(4); kill++) {
    await trial.strike(`kill -9 with requests taken and unanswered (${kill})`, async () => {
      await holdAnswers(trial, SENDS, 2_500);
      await dispatcher.kill();
      await simulator.clearFaults();
      await dispatcher.start();
    });
  }
}

async function killBeforeLedger(trial: Trial): Promise<void> {
  const { simulator } = trial.system;
  const { relay } = trial.stage;
  const dispatcher = trial.system.replica('outbound-dispatcher');
  for (let kill = 1; kill <= trial.times(3); kill++) {
    await trial.strike(`kill -9 with answers the ledger has not heard of (${kill})`, async () => {
      const held = new Set((await holdAnswers(trial, SENDS, 1_500)).map(({ seq }) => seq));
      relay!.lose();
      const first = Math.min(...held) - 1;
      const areAnswered = async (): Promise<boolean> =>
        (await trial.witnesses.arrivals(first)).every(({ seq, status }) => !held.has(seq) || status !== 0);
      await waitFor(areAnswered, { ...WAIT, description: 'they are answered' });
      await dispatcher.kill();
      await simulator.clearFaults();
      relay!.restore();
      await dispatcher.start();
    });
  }
}

async function killWhileOpening(trial: Trial): Promise<void> {
  const { simulator } = trial.system;
  const dispatcher = trial.system.replica('outbound-dispatcher');
  await trial.strike('kill -9 with conversations opened and not answered', async () => {
    const crash = async (): Promise<void> => {
      await holdAnswers(trial, OPENS, 2_500);
      await dispatcher.kill();
      await simulator.clearFaults();
      await dispatcher.start();
    };
    const open = (number: number) => trial.load.commandNew(`${trial.row}/new`, trial.numbers.next(), number);
    await Promise.all([crash(), inParallel(upTo(NEW), 8, open)]);
  });
}

/** Crashes at the two moments that decide between a lost and a repeated send. */
export const DISPATCHER_GAPS: readonly Scenario[] = [
  {
    name: 'dispatcher-before-answer',
    does: 'the dispatcher is killed between request and answer: the provider has taken messages and keeps its answers back',
    needs: {},
    isShort: true,
    attack: killBeforeAnswer,
  },
  {
    name: 'dispatcher-while-opening',
    does: 'the same while provider conversations are opened; those that nobody knows of end as dead letters after a minute',
    needs: {},
    attack: killWhileOpening,
  },
  {
    name: 'dispatcher-before-ledger',
    does: 'the dispatcher is killed between answer and ledger: what it says to Redis is lost once the answers are there',
    needs: { relay: true },
    attack: killBeforeLedger,
  },
];
