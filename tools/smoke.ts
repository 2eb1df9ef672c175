import { helpOnRequest, readFlags, refuse } from './command-line.ts';
import { SmokeConversation } from './smoke/conversation.ts';
import { hintFor, runStages, type StageResult } from './smoke/stage.ts';
import { readStack, type Stack } from './stack/stack-file.ts';

helpOnRequest({
  command: 'npm run smoke',
  does: [
    'Sends one new conversation through every service of the running system (see `npm start`), with a line per stage.',
    'Ends with code 1 at the first stage that is not reached, and says whose log to read.',
  ].join('\n'),
  options: { '--json': 'print one JSON object instead: { ok, ms, stages: [{ name, ok, ms, detail, hint? }] }' },
});

const STAGE_TIMEOUT_MS = 20_000;
const { json } = readFlags('json');
let stack: Stack;
try {
  stack = readStack();
} catch (error) {
  refuse((error as Error).message);
}

function print({ name, ok, ms, detail, hint }: StageResult): void {
  if (json) return;
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(24)} ${String(ms).padStart(6)} ms  ${detail}`);
  if (hint !== undefined) console.log(hint);
}

const began = performance.now();
const conversation = new SmokeConversation(stack);
const stages = conversation.stages;
const results = await runStages(stages, {
  timeoutMs: STAGE_TIMEOUT_MS,
  report: print,
  hintFor: (service) => hintFor(service, stack.services.find(({ name }) => name === service)?.address, stack.logs),
});
await conversation.close();
const ms = Math.round(performance.now() - began);
const failed = results.find(({ ok }) => !ok);
if (json) console.log(JSON.stringify({ ok: !failed, ms, stages: results }));
else if (failed) console.log(`smoke: failed at "${failed.name}" (stage ${results.length} of ${stages.length})`);
else console.log(`smoke: all ${stages.length} stages passed in ${ms} ms`);
process.exit(failed ? 1 : 0);
