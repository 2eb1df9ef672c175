import { randomUUID } from 'node:crypto';
import { randomNumber, waitFor } from '@heliograph/testing';
import { helpOnRequest, readFlags, refuse, secondsSince } from './command-line.ts';
import { SimulatedCustomer } from './demo/clients.ts';
import { stages, WATCHED } from './smoke/stages.ts';
import { TopicWatch } from './smoke/topic-watch.ts';
import { readStack, type Stack } from './stack/stack-file.ts';

helpOnRequest({
  command: 'npm run smoke',
  does: 'Sends one conversation through every stage of the running system and names the stage that failed.',
  options: {},
});
readFlags();

const STAGE_TIMEOUT_MS = 15_000;

function runningStack(): Stack {
  try {
    return readStack();
  } catch (error) {
    return refuse((error as Error).message);
  }
}

async function smoke(stack: Stack): Promise<string | undefined> {
  const watch = await TopicWatch.start(stack, WATCHED);
  try {
    const customer = new SimulatedCustomer(stack, randomNumber());
    for (const { service, what, act, happened } of stages(stack, watch, customer, randomUUID().slice(0, 8))) {
      const since = performance.now();
      try {
        await act?.();
        await waitFor(happened, { description: what, timeoutMs: STAGE_TIMEOUT_MS });
      } catch (error) {
        return `${service}: ${(error as Error).message} (its log: ${stack.logs}/${service}.log)`;
      }
      console.log(`  ok  ${service.padEnd(20)} ${what} (${Math.round(performance.now() - since)} ms)`);
    }
    return undefined;
  } finally {
    await watch.close();
  }
}

const start = performance.now();
const failure = await smoke(runningStack());
console.log(failure ? `smoke: failed at ${failure}` : `smoke: every stage passed in ${secondsSince(start)}`);
process.exit(failure ? 1 : 0);
