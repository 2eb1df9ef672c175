import type { Dispatcher } from 'undici';
import type { Account } from '../accounts/account.ts';
import { arrivalTime } from '../world/clock.ts';
import type { Target } from '../subscriptions/subscription-store.ts';
import type { Timers } from '../world/timers.ts';
import type { ProviderEvent } from './event.ts';
import type { EventLog, EventRecord } from './event-log.ts';
import { signature } from './signature.ts';

interface Job {
  readonly account: Account;
  /** Where it goes: one address, or each that is registered for it. */
  readonly targets: readonly Target[];
  readonly record: EventRecord;
  readonly body: string;
  readonly deliveries: number;
}

/**
 * Delivers each event at least once: a delivery is tried until it is answered 2xx or given up. When the account asks for
 * order, the events of one conversation or template go out one after the other; repeats may come behind later events.
 * Address, secret and pace are read at each attempt, so changing them reaches what already waits.
 */
export class WebhookSender {
  readonly #agent: Dispatcher;
  readonly #timers: Timers;
  readonly #log: EventLog;
  readonly #lanes = new Map<string, Job[]>();

  constructor(agent: Dispatcher, timers: Timers, log: EventLog) {
    this.#agent = agent;
    this.#timers = timers;
    this.#log = log;
  }

  emit(account: Account, event: ProviderEvent, afterMs = 0): void {
    const { repeat, delayMs, ordered } = account.settings.webhook;
    const targets = targetsOf(account, event);
    const record = this.#log.open(account.id, event, arrivalTime(), repeat * targets.length);
    if (targets.length === 0) return;
    const job: Job = { account, targets, record, body: JSON.stringify(event), deliveries: repeat };
    const of = event.conversation?.id ?? event.template?.name ?? event.type;
    const lane = ordered ? `${account.id}\n${of}` : `${account.id}\n#${record.seq}`;
    const wait = afterMs + delayMs;
    if (wait === 0) this.#enqueue(lane, job);
    else this.#timers.after(wait, () => this.#enqueue(lane, job));
  }

  #enqueue(key: string, job: Job): void {
    const lane = this.#lanes.get(key);
    if (lane) lane.push(job);
    else void this.#drain(key, job);
  }

  async #drain(key: string, first: Job): Promise<void> {
    const lane: Job[] = [];
    this.#lanes.set(key, lane);
    for (let job: Job | undefined = first; job; job = lane.shift()) await this.#deliverEverywhere(job);
    this.#lanes.delete(key);
  }

  async #deliverEverywhere(job: Job): Promise<void> {
    await Promise.all(job.targets.map((target) => this.#deliverAll(job, target)));
  }

  async #deliverAll(job: Job, target: Target): Promise<void> {
    const { simultaneous, repeatDelayMs } = job.account.settings.webhook;
    if (simultaneous) {
      await Promise.all(Array.from({ length: job.deliveries }, () => this.#deliver(job, target)));
      return;
    }
    await this.#deliver(job, target);
    for (let repeat = 1; repeat < job.deliveries; repeat++) {
      this.#timers.after(repeat * repeatDelayMs, () => void this.#deliver(job, target));
    }
  }

  async #deliver(job: Job, target: Target): Promise<void> {
    const begun = performance.now();
    for (let attempt = 0; ; attempt++) {
      if (await this.#post(job, target)) return this.#log.ended(job.record, true);
      const { retryBaseMs, retryMaxMs, giveUpAfterMs } = job.account.settings.webhook;
      const pause = Math.min(retryMaxMs, retryBaseMs * 2 ** Math.min(attempt, 20));
      if (target() === undefined || performance.now() - begun + pause > giveUpAfterMs) break;
      if (!(await this.#timers.pause(pause))) return;
    }
    this.#log.ended(job.record, false);
  }

  async #post({ account, record, body }: Job, target: Target): Promise<boolean> {
    const { webhook } = account.settings;
    const url = target();
    if (url === undefined) return false;
    this.#log.attempted(record);
    const status = await this.#request(url, webhook.timeoutMs, body, signature(body, webhook));
    this.#log.answered(record, status, arrivalTime());
    return status >= 200 && status <= 299;
  }

  /** The answer's status, 0 when none came in time. */
  async #request(url: string, timeoutMs: number, body: string, signed: string): Promise<number> {
    const { origin, pathname, search } = new URL(url);
    const headers = { 'content-type': 'application/json', 'x-genesys-cloud-signature': signed };
    try {
      const answer = await this.#agent.request({
        origin,
        path: pathname + search,
        method: 'POST',
        headers,
        body,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      });
      await answer.body.dump();
      return answer.statusCode;
    } catch {
      return 0;
    }
  }
}

/** Read at each attempt, so that changing it reaches what already waits. */
function targetsOf(account: Account, event: ProviderEvent): readonly Target[] {
  const { settings, conversations, subscriptions } = account;
  if (settings.webhook.deliverTo === 'url') return [() => settings.webhook.url];
  const id = event.conversation?.id;
  const conversation = id === undefined ? undefined : conversations.find(id);
  return subscriptions.targetsOf(event, conversation?.pair.channel);
}
