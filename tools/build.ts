import { helpOnRequest, secondsSince } from './command-line.ts';
import { runTool } from './run-tool.ts';

helpOnRequest({
  command: 'npm run build',
  does: 'Builds every library and service; what did not change comes from the cache.',
  options: {},
});
const start = performance.now();
const code = await runTool('nx', ['run-many', '-t', 'build', '--outputStyle=static']);
console.log(code === 0 ? `build: done in ${secondsSince(start)}` : 'build: failed');
process.exit(code);
