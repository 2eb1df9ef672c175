import { inParallel, SENDS, upTo, waitFor, type Arrival } from '@heliograph/testing';
import type { Trial } from '../run/trial.ts';
import type { Scenario } from './scenario.ts';

const OPENS = '*/conversations/messaging';
/** Requests that the provider has taken and not answered. */
const HELD = 15;
const WAIT = { timeoutMs: 30_000, intervalMs: 20 };

const isHeld = ({ accepted, status }: Arrival): boolean => accepted && status === 0;

/** Waits until so many requests are taken and unanswered. */
function held(trial: Trial, count: number): Promise<Arrival[]> {
  const found = async (): Promise<Arrival[] | undefined> => {
    const unanswered = (await trial.witnesses.arrivals()).filter(isHeld);
    return unanswered.length >= count ? unanswered : undefined;
  };
  return waitFor(found, { ...WAIT, description: `${count} requests are taken and not answered` });
}

async function killBeforeAnswer(trial: Trial): Promise<void> {
  const { simulator } = trial.system;
  const dispatcher = trial.system.replica('outbound-dispatcher');
  for (let kill = 1; kill <= trial.times(4); kill++) {
    await trial.strike(`kill -9 with requests taken and unanswered (${kill})`, async () => {
      await simulator.setFault({ kind: 'stall', phase: 'after', delayMs: 2_500, match: { path: SENDS } });
      await held(trial, HELD);
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
      await simulator.setFault({ kind: 'stall', phase: 'after', delayMs: 1_500, match: { path: SENDS } });
      const seqs = new Set((await held(trial, HELD)).map(({ seq }) => seq));
      relay!.lose();
      const areAnswered = async (): Promise<boolean> =>
        (await trial.witnesses.arrivals()).every((arrival) => !seqs.has(arrival.seq) || arrival.status !== 0);
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
    await simulator.setFault({ kind: 'stall', phase: 'after', delayMs: 2_500, match: { path: OPENS } });
    const commands = inParallel(upTo(40), 8, (number) =>
      trial.load.commandNew(`${trial.row}/new`, trial.numbers.next(), number),
    );
    await held(trial, HELD);
    await dispatcher.kill();
    await simulator.clearFaults();
    await dispatcher.start();
    await commands;
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
