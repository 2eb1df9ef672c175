import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { devFolder, startTestBrokers } from '@heliograph/testing';
import { helpOnRequest, refuse } from './command-line.ts';
import { ROOT, runTool } from './run-tool.ts';
import { addCounts, countLine, isGood, readCounts, type Counts } from './test/counts.ts';
import { namedTests, PAGES, unproven, type TestReport } from './test/named-tests.ts';

helpOnRequest({
  command: 'npm test',
  does: [
    'Starts one Kafka and one Redis, runs all tests against them and stops them. HELIOGRAPH_TEST_KAFKA and',
    'HELIOGRAPH_TEST_REDIS name running ones to use instead; HELIOGRAPH_BROKERS=docker or =local allows only that way.',
  ].join('\n'),
  options: {
    'PATTERN …': 'only test files whose path matches',
    '-t NAME': 'only tests whose name matches (any option of Jest)',
  },
});

/** Jest loads ES modules through vm modules; kafkajs sets negative timers, which Node reports and corrects. */
const NODE_FLAGS =
  '--experimental-vm-modules --disable-warning=ExperimentalWarning --disable-warning=TimeoutNegativeWarning';
const args = process.argv.slice(2);
const say = (line: string): void => console.error(`test: ${line}`);
const reports: TestReport[] = [];
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => (interrupted = true));
process.once('disconnect', () => (interrupted = true));

/** Runs Jest over one part of the tests and counts what became of them. */
async function runPart(name: string, options: string[], env: NodeJS.ProcessEnv): Promise<Counts> {
  if (interrupted) return { passed: 0, failed: 0, skipped: 0 };
  const report = devFolder('test', `jest-${process.pid}.json`);
  mkdirSync(devFolder('test'), { recursive: true });
  say(`running the ${name} tests`);
  const code = await runTool('jest', [...args, '--passWithNoTests', '--json', '--outputFile', report, ...options], env);
  const counts = readCounts(report, code);
  if (existsSync(report)) reports.push(JSON.parse(readFileSync(report, 'utf8')) as TestReport);
  rmSync(report, { force: true });
  return counts;
}

/** A full run counts each test that the docs name as a proof, and that did not pass in it, as failed. */
function provenByDocs(): Counts {
  const missed = unproven(
    PAGES.flatMap((page) => namedTests(readFileSync(join(ROOT, page), 'utf8'))),
    reports,
  );
  for (const problem of missed) say(`named in ${PAGES.join(' or ')}, but ${problem}`);
  return { passed: 0, failed: missed.length, skipped: 0 };
}

async function runAll(env: NodeJS.ProcessEnv): Promise<Counts> {
  const first = await runPart('unit and integration', ['--maxWorkers=2', '--testMatch=**/!(*.e2e).spec.ts'], env);
  // One after the other, with the machine to themselves: they measure times and kill processes.
  const last = await runPart('end-to-end', ['--runInBand', '--testMatch=**/*.e2e.spec.ts'], env);
  const counts = addCounts(first, last);
  return args.length === 0 && !interrupted ? addCounts(counts, provenByDocs()) : counts;
}

say('starting Kafka and Redis');
const brokers = await startTestBrokers(process.env, say).catch((error: Error) => refuse(error.message));
say(
  `Kafka ${brokers.kafka.brokers.join(',')} (${brokers.kafka.way}), Redis ${brokers.redis.url} (${brokers.redis.way})`,
);
let counts: Counts;
try {
  counts = await runAll({
    ...process.env,
    NODE_OPTIONS: NODE_FLAGS,
    HELIOGRAPH_TEST_KAFKA: brokers.kafka.brokers.join(','),
    HELIOGRAPH_TEST_REDIS: brokers.redis.url,
  });
} finally {
  await brokers.stop();
}
if (interrupted) refuse('test: interrupted');
if (counts.passed + counts.failed + counts.skipped === 0) say(`no test matches ${args.join(' ')}`);
console.log(countLine(counts));
process.exit(isGood(counts) ? 0 : 1);
