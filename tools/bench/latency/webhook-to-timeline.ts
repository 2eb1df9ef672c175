import { randomUUID } from 'node:crypto';
import { guideMessage, guideSignature, randomNumber } from '@heliograph/testing';
import type { Agent } from 'undici';
import type { BenchSystem } from '../bench-system.ts';
import { postJson } from './http.ts';
import { atSteadyRate } from './steady.ts';
import { Stopwatch, type Latency } from './stopwatch.ts';
import type { TextReader } from './text-reader.ts';

const CONVERSATIONS = 1_000;
const SEEN_WITHIN_MS = 90_000;

/** From the first byte of a signed webhook until an ordinary reader of the timeline topic has its entry. */
export class WebhookToTimeline {
  readonly #agent: Agent;
  readonly #reader: TextReader;
  readonly #url: string;
  readonly #secret: string;
  readonly #customers = Array.from({ length: CONVERSATIONS }, () => ({
    from: randomNumber(),
    conversationId: randomUUID(),
  }));

  constructor(system: BenchSystem, agent: Agent, reader: TextReader) {
    const [account] = system.context.files.accounts;
    this.#url = account?.webhookUrl ?? '';
    this.#secret = account?.webhookSecret ?? '';
    this.#agent = agent;
    this.#reader = reader;
  }

  async run(perSecond: number, count: number): Promise<Latency> {
    const stopwatch = new Stopwatch();
    this.#reader.onText = (text) => stopwatch.seen(text);
    const name = randomUUID();
    await atSteadyRate(perSecond, count, (index) => {
      const text = `${name} ${index}`;
      const body = JSON.stringify(guideMessage({ ...this.#customers[index % CONVERSATIONS], text }));
      const headers = { 'x-genesys-cloud-signature': guideSignature(this.#secret, body) };
      stopwatch.begin(text);
      return postJson(this.#agent, { url: this.#url, headers, body }, 200);
    });
    return stopwatch.result('webhook on the timeline', SEEN_WITHIN_MS);
  }
}
