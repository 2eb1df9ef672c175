import { randomUUID } from 'node:crypto';
import { randomNumber, waitFor } from '@heliograph/testing';
import type { Agent } from 'undici';
import type { BenchSystem } from '../bench-system.ts';
import { postJson } from './http.ts';
import { atSteadyRate } from './steady.ts';
import { Stopwatch, type Latency } from './stopwatch.ts';
import type { TextReader } from './text-reader.ts';

const CUSTOMERS = 1_000;
const OPENED_PER_SECOND = 250;
const SEEN_WITHIN_MS = 90_000;

/** The part of a line of the simulator's request log that is looked at. */
interface Arrival {
  seq: number;
  at: number;
  text?: string;
}

/**
 * From the call of `POST /v1/messages` until the message arrives at the provider, by the provider's log. The customers have
 * written before, so each command is one request in an open conversation; a receipt comes back and is worked on meanwhile.
 */
export class CommandToProvider {
  readonly #system: BenchSystem;
  readonly #agent: Agent;
  readonly #customers = Array.from({ length: CUSTOMERS }, randomNumber);
  /** The last line of the log that was read. */
  #lastSeq = 0;

  constructor(system: BenchSystem, agent: Agent) {
    this.#system = system;
    this.#agent = agent;
  }

  /** Lets every customer write a first message and waits until all of them are on the timeline. */
  async openConversations(reader: TextReader): Promise<void> {
    const written = new Set<string>();
    reader.onText = (text) => written.add(text);
    const [account] = this.#system.context.files.accounts;
    const ours = account?.senders.find(({ channel }) => channel === 'whatsapp')?.address;
    const url = `${this.#simulator}/accounts/${account?.id}/customer-messages`;
    const texts = this.#customers.map((customer) => `first words of ${customer}`);
    await atSteadyRate(OPENED_PER_SECOND, CUSTOMERS, (index) => {
      const from = this.#customers[index] ?? '';
      return postJson(this.#agent, { url, body: JSON.stringify({ from, to: ours, text: texts[index] }) }, 200);
    });
    await waitFor(() => texts.every((text) => written.has(text)), {
      timeoutMs: SEEN_WITHIN_MS,
      description: 'every customer is on the timeline',
    });
  }

  async run(perSecond: number, count: number): Promise<Latency> {
    const { addresses, files } = this.#system.context;
    const stopwatch = new Stopwatch();
    const name = randomUUID();
    await atSteadyRate(perSecond, count, (index) => {
      const text = `${name} ${index}`;
      const to = this.#customers[index % CUSTOMERS];
      const headers = { authorization: `Bearer ${files.apiKey}`, 'idempotency-key': text };
      const body = JSON.stringify({ channel: 'whatsapp', sender: 'support', to, text });
      stopwatch.begin(text);
      return postJson(this.#agent, { url: `${addresses['messaging-api']}/v1/messages`, headers, body }, 202);
    });
    return stopwatch.result('command at the provider', SEEN_WITHIN_MS, () => this.#readLog(stopwatch));
  }

  get #simulator(): string {
    return `${this.#system.context.addresses['provider-simulator']}/control`;
  }

  async #readLog(stopwatch: Stopwatch): Promise<void> {
    const answer = await fetch(`${this.#simulator}/requests?messages=true&after=${this.#lastSeq}`);
    for (const line of (await answer.text()).split('\n')) {
      if (line === '') continue;
      const { seq, at, text } = JSON.parse(line) as Arrival;
      this.#lastSeq = Math.max(this.#lastSeq, seq);
      if (text !== undefined) stopwatch.seen(text, at);
    }
  }
}
