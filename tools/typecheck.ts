import { helpOnRequest, secondsSince } from './command-line.ts';
import { runTool } from './run-tool.ts';

helpOnRequest({
  command: 'npm run typecheck',
  does: 'Checks the types of everything: services, libraries, tests and tools.',
  options: {},
});
const start = performance.now();
const code = await runTool('tsc', ['-p', 'tsconfig.json']);
console.log(code === 0 ? `typecheck: no errors, ${secondsSince(start)}` : 'typecheck: errors, see above');
process.exit(code);
