import { helpOnRequest, readFlags, secondsSince } from './command-line.ts';
import { runTool } from './run-tool.ts';

helpOnRequest({
  command: 'npm run lint',
  does: 'Checks code rules (ESLint), formatting (Prettier) and who may import whom (dependency-cruiser).',
  options: { '--fix': 'mend formatting and what ESLint can mend by itself' },
});
const { fix } = readFlags('fix');
const start = performance.now();
const checks: [name: string, program: string, args: string[]][] = [
  ['eslint', 'eslint', ['.', '--max-warnings', '0', ...(fix ? ['--fix'] : [])]],
  ['prettier', 'prettier', ['.', fix ? '--write' : '--check', '--log-level', 'warn']],
  ['boundaries', 'depcruise', ['apps', 'libs', 'tools', '--output-type', 'err']],
];
const verdicts: string[] = [];
let failed = false;
for (const [name, program, args] of checks) {
  const code = await runTool(program, args);
  failed ||= code !== 0;
  verdicts.push(`${name} ${code === 0 ? 'ok' : 'failed'}`);
}
console.log(`lint: ${verdicts.join(', ')}, ${secondsSince(start)}`);
process.exit(failed ? 1 : 0);
