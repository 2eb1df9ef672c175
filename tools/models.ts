import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { helpOnRequest, readFlags, secondsSince } from './command-line.ts';
import { ROOT } from './run-tool.ts';

helpOnRequest({
  command: 'npm run models',
  does: [
    'Checks the models of claim, ledger and numbering in docs/models with SPIN: what is right must hold, each planted wrong must be',
    "caught. Needs Debian's spin and gcc; where one of them is missing it says so and does nothing.",
  ].join('\n'),
  options: { '--all': 'the long variants, too: some minutes and up to 9 GB' },
});
const { all } = readFlags('all');

const missing = ['spin', 'gcc'].filter((program) => spawnSync(program, ['-V'], { stdio: 'ignore' }).error);
if (missing.length > 0) {
  console.log(`models: skipped: not installed: ${missing.join(', ')}`);
  process.exit(0);
}

const start = performance.now();
const check = spawn(join(ROOT, 'docs', 'models', 'check'), all ? ['--all'] : [], {
  stdio: ['ignore', 'pipe', 'inherit'],
  detached: true,
});
const stop = (): void => void (check.exitCode === null && process.kill(-check.pid!, 'SIGTERM'));
process.on('SIGTERM', stop).on('SIGINT', stop).once('disconnect', stop);
const ended = new Promise<number>((resolve) => check.once('exit', (code) => resolve(code ?? 1)));
let variants = 0;
let differ = 0;
for await (const line of createInterface({ input: check.stdout })) {
  const found = /expected (\w+) +found (\w+)/.exec(line);
  if (!found) continue;
  variants++;
  if (found[1] !== found[2]) differ++;
  console.error(`models: ${line}`);
}
const code = await ended;
console.log(
  `models: ${variants - differ} of ${variants} variants as expected${differ > 0 ? `, ${differ} NOT` : ''}, ${secondsSince(start)}`,
);
process.exit(code);
