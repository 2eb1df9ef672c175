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
export async function runRow(scenario: Scenario, { stages, ...options }: RunOptions): Promise<Row> {
  const { name: row, load, needs } = scenario;
  const stage = await stages.stageFor(needs);
  const trial = new Trial({ ...options, row, stage, load });
  const began = Date.now();
  const failure = await attempt(scenario, trial);
  const tally = await trial.settle();
  const also = failure ? {} : ((await scenario.alsoJudge?.(trial)) ?? {});
  const sum = sumOf([tally, also]);
  const result = rowOf({
    scenario: row,
    tally: sum,
    strikes: trial.inFlight.strikes,
    began,
    ended: Date.now(),
    failure,
  });
  if (!isGood(result)) {
    for (const line of [result.problem ?? [], sum.findings].flat()) trial.say(line);
    trial.say(`logs: ${stage.system.folder}`);
    await stages.leave();
  }
  return result;
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
