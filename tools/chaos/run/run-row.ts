import { sumOf } from '../judge/evidence.ts';
import type { Numbers } from '../load/conversation.ts';
import { isGood, rowOf, type Row } from '../row.ts';
import type { Random } from '../random.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { webhooksAsUsual } from '../scenarios/webhooks.ts';
import type { Stages } from './stage.ts';
import { Trial } from './trial.ts';

export interface RunOptions {
  stages: Stages;
  random: Random;
  numbers: Numbers;
  short: boolean;
  say: (line: string) => void;
}

/** Runs one row. Whatever goes wrong is in the row; the next one then gets a system of its own. */
export async function runRow(scenario: Scenario, options: RunOptions): Promise<Row> {
  const began = Date.now();
  let row: Row;
  try {
    row = await attackAndJudge(scenario, options, began);
  } catch (error) {
    // No system to attack, or none left to ask.
    const parts = { tally: sumOf([]), strikes: [], restarted: 0, failure: error as Error };
    row = rowOf({ scenario: scenario.name, began, ended: Date.now(), ...parts });
  }
  if (isGood(row)) return row;
  for (const line of [row.problem ?? [], row.findings].flat()) options.say(`${row.scenario}: ${line}`);
  options.say(`${row.scenario}: logs: ${options.stages.folder ?? 'none'}`);
  await options.stages.leave();
  return row;
}

async function attackAndJudge(scenario: Scenario, options: RunOptions, began: number): Promise<Row> {
  const { name, load, needs } = scenario;
  const stage = await options.stages.stageFor(needs);
  const trial = new Trial({ ...options, row: name, stage, load });
  const failure = await attempt(scenario, trial);
  try {
    const tally = await trial.settle();
    const also = failure ? {} : ((await scenario.alsoJudge?.(trial)) ?? {});
    const { strikes } = trial.inFlight;
    const parts = { tally: sumOf([tally, also]), strikes, failure, restarted: (await trial.end()).length };
    return rowOf({ scenario: name, began, ended: Date.now(), ...parts });
  } finally {
    await trial.end();
  }
}

/** @returns why the row could not be run as it should */
async function attempt(scenario: Scenario, trial: Trial): Promise<Error | undefined> {
  const { simulator } = trial.system;
  const attacked = await failureOf(async () => {
    await trial.begin();
    await webhooksAsUsual(trial);
    await scenario.prepare?.(trial);
    await trial.load.open();
    trial.load.start();
    await scenario.attack(trial);
  });
  const stopped = await failureOf(() => trial.load.stop());
  const cleared = await failureOf(() => Promise.all([simulator.clearFaults(), simulator.setClock(0)]));
  // A load that broke down is why there was nothing to strike.
  return stopped ?? attacked ?? cleared;
}

async function failureOf(work: () => Promise<unknown>): Promise<Error | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
