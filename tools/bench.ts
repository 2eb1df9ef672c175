import { writeFileSync } from 'node:fs';
import { endLeftovers, startTestBrokers } from '@heliograph/testing';
import type { Bench, Measure } from './bench/bench.ts';
import { PIDS } from './bench/bench-system.ts';
import { measureBudget } from './bench/budget/granted-tokens.ts';
import { Ends } from './bench/ends.ts';
import { measureClaims } from './bench/claims/claims.ts';
import { measureDispatcher } from './bench/dispatcher/dispatcher.ts';
import { measureNumbers } from './bench/dispatcher/numbers.ts';
import { measureIngress } from './bench/ingress/ingress.ts';
import { measureKafkaClients } from './bench/kafka-clients/kafka-clients.ts';
import { measureLanes } from './bench/lanes/lanes.ts';
import { measureEndToEnd } from './bench/latency/end-to-end.ts';
import { describeMachine, describeVersions, loadNow } from './bench/machine.ts';
import { readOptions, type BenchOptions } from './bench/options.ts';
import type { Row } from './bench/row.ts';
import { measureServices } from './bench/services/services.ts';
import { measureRouter } from './bench/router/router.ts';
import { measureSessions } from './bench/sessions/sessions.ts';
import { summaryLine } from './bench/summary.ts';
import { tableOf } from './bench/table.ts';
import { helpOnRequest, refuse, secondsSince } from './command-line.ts';

const BENCHMARKS = {
  ingress: measureIngress,
  router: measureRouter,
  sessions: measureSessions,
  dispatcher: measureDispatcher,
  numbers: measureNumbers,
  claims: measureClaims,
  lanes: measureLanes,
  budget: measureBudget,
  'kafka-clients': measureKafkaClients,
  'end-to-end': measureEndToEnd,
  services: measureServices,
} satisfies Record<string, Measure>;
type Name = keyof typeof BENCHMARKS;
const NAMES = Object.keys(BENCHMARKS) as Name[];

helpOnRequest({
  command: 'npm run bench',
  does: [
    'Measures the system on a Kafka and a Redis of its own, or on those that HELIOGRAPH_TEST_KAFKA and',
    'HELIOGRAPH_TEST_REDIS name. docs/benchmarks.md says what each row means.',
  ].join('\n'),
  options: {
    '--json FILE': 'write the figures as JSON, too',
    '--only NAME': `only this benchmark, may be repeated: ${NAMES.join(', ')}`,
    '--short': 'shorter runs, for a look: their figures vary more',
  },
});

const began = performance.now();
const ends = new Ends();
const say = (line: string): void => console.error(`bench: ${line}`);

let options: BenchOptions<Name>;
try {
  options = readOptions(process.argv.slice(2), NAMES);
} catch (error) {
  refuse(`bench: ${(error as Error).message}`);
}

const interrupted = new Promise<never>((_, reject) => {
  const end = (): void => reject(new Error('interrupted'));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  process.once('disconnect', end);
});

async function measure(): Promise<void> {
  const left = await endLeftovers(PIDS);
  if (left.length > 0) say(`ended what an earlier run left behind: ${left.join(', ')}`);
  say('starting Kafka and Redis');
  const brokers = await startTestBrokers(process.env, say);
  ends.add(() => brokers.stop());
  say(
    `Kafka ${brokers.kafka.brokers.join(',')} (${brokers.kafka.way}), Redis ${brokers.redis.url} (${brokers.redis.way})`,
  );
  const loadBefore = loadNow();
  const versions = await describeVersions(brokers);
  const bench: Bench = { brokers, ends, short: options.short, say };
  const rows: Row[] = [];
  for (const name of options.only) rows.push(...(await BENCHMARKS[name](bench)));
  const machine = describeMachine(loadBefore);
  if (options.json) writeFileSync(options.json, `${JSON.stringify({ machine, versions, rows }, null, 2)}\n`);
  const load = `load ${machine.loadBefore} before, ${machine.loadAfter} after`;
  console.log(
    `\n${machine.processors} × ${machine.processor}, ${machine.memoryGiB} GiB, ${load}\n\n${tableOf(rows)}\n`,
  );
  console.log(summaryLine(rows, secondsSince(began)));
}

let failure: Error | undefined;
try {
  await Promise.race([measure(), interrupted]);
} catch (error) {
  failure = error as Error;
}
await ends.all();
if (failure) refuse(`bench: ${failure.message}`);
process.exit(0);
