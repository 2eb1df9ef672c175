import { randomUUID } from 'node:crypto';
import { helpOnRequest, readFlags, refuse } from './command-line.ts';
import { readStack, type Stack } from './stack/stack-file.ts';
import { campaignStory } from './stories/campaign.ts';
import { menuStory } from './stories/menu.ts';
import { questionStory } from './stories/question.ts';
import { hintFor, runStages, type Stage, type StageResult } from './stories/stage.ts';
import { supportStory } from './stories/support.ts';
import { templatesStory } from './stories/templates.ts';
import { Watch } from './stories/watch.ts';
import { windowStory } from './stories/window.ts';

helpOnRequest({
  command: 'npm run smoke',
  does: [
    'Plays new conversations through the running system (see `npm start`), with a line per stage: a question and its answer',
    'through every service, a support conversation with hand-off, a menu with a card, a window that has closed, a template that is',
    'withdrawn, a campaign that is paused and resumed.',
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
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(44)} ${String(ms).padStart(6)} ms  ${detail}`);
  if (hint !== undefined) console.log(hint);
}

const began = performance.now();
const watch = new Watch();
const reading: Stage = {
  name: 'topics are read',
  services: ['session-state'],
  reached: async () => {
    await watch.start(stack, `smoke-${randomUUID()}`);
    return stack.kafka.brokers.join(',');
  },
};
const stories = [questionStory, supportStory, menuStory, windowStory, templatesStory, campaignStory].map((tell) =>
  tell(stack, watch),
);
const ofStories = stories.flatMap(({ name, stages }) =>
  stages.map((one) => ({ ...one, name: `${name}: ${one.name}` })),
);
const stages = [reading, ...ofStories];
const results = await runStages(stages, {
  timeoutMs: STAGE_TIMEOUT_MS,
  report: print,
  hintFor: (service) => hintFor(service, stack.services.find(({ name }) => name === service)?.address, stack.logs),
});
await watch.close();
const ms = Math.round(performance.now() - began);
const failed = results.find(({ ok }) => !ok);
if (json) console.log(JSON.stringify({ ok: !failed, ms, stages: results }));
else if (failed) console.log(`smoke: failed at "${failed.name}" (stage ${results.length} of ${stages.length})`);
else console.log(`smoke: all ${stages.length} stages passed in ${ms} ms`);
process.exit(failed ? 1 : 0);
