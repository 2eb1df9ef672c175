import { TOPICS } from '@heliograph/contracts';
import type { Stack } from '../stack/stack-file.ts';
import { describeEntry } from '../stories/describe-entry.ts';
import { campaignStory } from '../stories/campaign.ts';
import { campaignLine } from '../stories/campaign-line.ts';
import { menuStory } from '../stories/menu.ts';
import { runStages } from '../stories/stage.ts';
import type { Story, StoryTeller } from '../stories/story.ts';
import { supportStory } from '../stories/support.ts';
import { templatesStory } from '../stories/templates.ts';
import { Watch } from '../stories/watch.ts';
import { windowStory } from '../stories/window.ts';
import { startResponder } from './responder.ts';
import { LiveLine, type LineOutput } from './live-line.ts';
import { smallTalk } from './small-talk.ts';

const STEP_TIMEOUT_MS = 20_000;
/** Of all stories together, on a machine that is busy with something else. */
const TIMEOUT_MS = 150_000;

/**
 * Plays stories one after the other, printed as the timeline grows. Whatever hangs, it ends within {@link TIMEOUT_MS}.
 *
 * @throws Error naming the step that was not reached
 */
export async function playDemo(stack: Stack, output: LineOutput, interrupted: AbortSignal): Promise<void> {
  const signal = AbortSignal.any([interrupted, AbortSignal.timeout(TIMEOUT_MS)]);
  const aborted = new Promise<never>((_, reject) => {
    const end = (): void => reject(new Error(interrupted.aborted ? 'interrupted' : `over ${TIMEOUT_MS / 1000} s`));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
  await Promise.race([new Demo(stack, output, signal).play(), aborted]);
}

class Demo {
  readonly #stack: Stack;
  readonly #live: LiveLine;
  readonly #signal: AbortSignal;
  readonly #watch: Watch;
  #story: Story | undefined;

  constructor(stack: Stack, output: LineOutput, signal: AbortSignal) {
    this.#stack = stack;
    this.#live = new LiveLine(output);
    this.#signal = signal;
    this.#watch = new Watch((entry) => {
      // What follows a story is not part of the next one.
      if (entry.conversationId !== this.#story?.conversation) return;
      this.#say(`  ${String(entry.sequence).padStart(2)}  ${describeEntry(entry)}`);
    });
  }

  async play(): Promise<void> {
    const group = `demo-${this.#stack.pid}`;
    const began = new Date();
    this.#say(`\nConversations, as ${this.#stack.namespace}${TOPICS.conversationTimeline.name} shows them.`);
    this.#say('Just after a start, WhatsApp messages to one customer keep 6 s apart (docs/decisions/0009).');
    try {
      await this.#watch.start(this.#stack, group);
      const responder = await startResponder(this.#stack, `${group}-responder`, began);
      await this.#tell(smallTalk).finally(() => responder.close());
      for (const teller of [supportStory, menuStory, windowStory, templatesStory]) await this.#tell(teller);
      await this.#tell((stack, watch) => campaignStory(stack, watch, (one) => this.#live.show(campaignLine(one))));
    } finally {
      await this.#watch.close();
    }
  }

  #say(line: string): void {
    this.#live.say(line);
  }

  async #tell(teller: StoryTeller): Promise<void> {
    const { title, conversation, stages, reports } = (this.#story = teller(this.#stack, this.#watch));
    this.#say(`\n${title} (${conversation}):`);
    const results = await runStages(stages, {
      timeoutMs: STEP_TIMEOUT_MS,
      report: ({ ok, name, detail }) => reports && ok && this.#say(`  ⇒   ${name}: ${detail}`),
      hintFor: (service) => Promise.resolve(service),
      signal: this.#signal,
    });
    const last = results.at(-1);
    if (last?.ok === false) {
      const logs = last.hint?.split('\n').join(', ');
      throw new Error(`"${title}" stopped at "${last.name}": ${last.detail}; the logs of ${logs} say more`);
    }
    this.#live.end();
    if (!reports) this.#say(`  ⇒   ${last?.name}: ${last?.detail}`);
  }
}
