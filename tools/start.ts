import { endingOf } from '@heliograph/testing';
import { helpOnRequest, readFlags, refuse, secondsSince } from './command-line.ts';
import { playDemo } from './demo/play.ts';
import { hints } from './stack/hints.ts';
import { RunningStack } from './stack/stack.ts';

helpOnRequest({
  command: 'npm start',
  does: [
    'Starts Kafka, Redis and all services with a simulated provider, plays a few short conversations and stays up.',
    'KAFKA_BROKERS and REDIS_URL name running brokers to use; HELIOGRAPH_BROKERS=docker or =local allows only that way.',
  ].join('\n'),
  options: {
    '--no-demo': 'play no conversations',
    '--fresh': 'drop what Kafka and Redis have kept from earlier starts',
    '--keep-going': 'stay up when a service ends (otherwise everything stops, with exit code 1)',
  },
});

const options = readFlags('no-demo', 'fresh', 'keep-going');
const began = performance.now();
const say = (line: string): void => console.log(line);
const stopRequest = new AbortController();
let exitCode = 0;

/** Begins the end; what is under way is cut short. */
function end(code: number): void {
  if (stopRequest.signal.aborted) return;
  exitCode = code;
  stopRequest.abort(new Error('interrupted'));
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(0));
process.once('disconnect', () => end(0));

const stack = await RunningStack.start({
  environment: process.env,
  fresh: options.fresh,
  say,
  signal: stopRequest.signal,
  onDeath: (child, ending) => {
    if (stopRequest.signal.aborted) return;
    say(
      `\n${child.name} ended by itself (${endingOf(ending)}); the end of ${child.logFile}:\n${child.lastLogLines()}\n`,
    );
    if (!options['keep-going']) end(1);
  },
}).catch((error: Error) => refuse(stopRequest.signal.aborted ? 'start: stopped before it was up' : error.message));
say(`\nEverything is ready after ${secondsSince(began)}.`);

if (!options['no-demo']) {
  try {
    await playDemo(stack.description, process.stdout, stopRequest.signal);
  } catch (error) {
    if (!stopRequest.signal.aborted) say(`The demonstration did not come to its end: ${(error as Error).message}`);
  }
}
if (!stopRequest.signal.aborted) say(`${hints(stack.description)}\nUp. Ctrl-C stops everything.`);

await new Promise<void>((resolve) => {
  if (stopRequest.signal.aborted) resolve();
  else stopRequest.signal.addEventListener('abort', () => resolve(), { once: true });
});
say('\nstopping');
await stack.stop();
say('start: everything is stopped');
process.exit(exitCode);
