import { writeFileSync } from 'node:fs';
import { devFolder, endLeftovers } from '@heliograph/testing';
import { readOptions, type ChaosOptions } from './chaos/options.ts';
import { Numbers } from './chaos/load/conversation.ts';
import { Random } from './chaos/random.ts';
import { isGood, type Row } from './chaos/row.ts';
import { runRow } from './chaos/run/run-row.ts';
import { Stages } from './chaos/run/stage.ts';
import { SCENARIOS } from './chaos/scenarios/scenarios.ts';
import { lineOf, summaryLine, tableOf } from './chaos/table.ts';
import { helpOnRequest, refuse, secondsSince } from './command-line.ts';

const NAMES = SCENARIOS.map(({ name }) => name);

helpOnRequest({
  command: 'npm run chaos',
  does: [
    'Runs the whole system under load and breaks things: each row is a fault, and counts what became of every record.',
    'Ends with code 1 when anything is lost, swapped or silently repeated, or a fault hit fewer than 500 records in flight.',
    'Brings Kafka and Redis of its own; HELIOGRAPH_TEST_KAFKA names one to use for rows that leave it alone.',
    'docs/fault-runs.md says what is counted and how.',
    '',
    ...SCENARIOS.map(({ name, does }) => `  ${name.padEnd(Math.max(...NAMES.map(({ length }) => length)))}  ${does}`),
  ].join('\n'),
  options: {
    '--seed N': 'of every chance that is taken; a random one otherwise',
    '--only NAME': 'only this row, may be repeated',
    '--short': 'some rows, each fault once: under 3 minutes',
    '--json FILE': 'write seed and rows as JSON, too',
  },
});

const began = performance.now();
const say = (line: string): void => console.error(`chaos: ${line}`);

let options: ChaosOptions;
try {
  options = readOptions(process.argv.slice(2), NAMES);
} catch (error) {
  refuse(`chaos: ${(error as Error).message}`);
}

const interrupted = new Promise<never>((_, reject) => {
  const end = (): void => reject(new Error('interrupted'));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  process.once('disconnect', end);
});

const { seed, short, only, json } = options;
const chosen = SCENARIOS.filter(({ name, isShort }) => (only.length > 0 ? only.includes(name) : !short || isShort));
const stages = new Stages(process.env, say);
const rows: Row[] = [];

/** After each row, so that a run that is cut short leaves what it has. */
function writeRows(): void {
  if (json) writeFileSync(json, `${JSON.stringify({ seed, rows }, null, 2)}\n`);
}

async function run(): Promise<void> {
  const left = await endLeftovers(devFolder('test', 'pids'));
  if (left.length > 0) say(`ended what an earlier run left behind: ${left.join(', ')}`);
  say(`seed ${seed}, ${chosen.length} rows`);
  const numbers = new Numbers(new Random(seed));
  for (const [place, scenario] of chosen.entries()) {
    say(`${place + 1} of ${chosen.length}, after ${secondsSince(began)}: ${scenario.name}`);
    // Of its own, so that a row alone takes the same chances as in the whole run.
    const random = new Random(seed + NAMES.indexOf(scenario.name));
    const row = await runRow(scenario, { stages, random, numbers, short, say });
    rows.push(row);
    say(`${scenario.name}: ${lineOf(row)}`);
    writeRows();
  }
}

let failure: Error | undefined;
try {
  await Promise.race([run(), interrupted]);
} catch (error) {
  failure = error as Error;
}
await stages.close();
writeRows();
if (rows.length > 0) console.log(`\n${tableOf(rows)}\n`);
const good = rows.filter(isGood).length;
if (failure) refuse(`chaos: seed ${seed}: ${failure.message}`);
console.log(summaryLine(rows, good, seed, secondsSince(began)));
process.exit(good === rows.length ? 0 : 1);
