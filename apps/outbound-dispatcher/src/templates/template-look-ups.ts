import { setTimeout as delay } from 'node:timers/promises';
import type { OnModuleDestroy } from '@nestjs/common';
import { templateKey, type SendMessage, type TemplateState } from '@heliograph/contracts';
import { Unavailable } from '@heliograph/runtime';
import type { SendingAccount } from '../accounts/sending-account.ts';
import { dispatcherMetrics } from '../metrics.ts';
import { wait, type Waits } from '../sending/effect.ts';
import { lookUpTemplate } from './template-request.ts';
import type { TemplateFreshness } from './template-freshness.ts';
import type { TemplateTable } from './template-table.ts';

/** An answer counts for so long after it came, */
const COUNTS_MS = 500;
/** but not for longer after it was asked for, by the arithmetic of CURRENT_MS. */
const COUNTS_FROM_ASKING_MS = 900;
/** A later answer is asked for when the last one has half of its time left. */
const AGAIN_AFTER_MS = COUNTS_MS / 2;
/**
 * After the last send that wanted it a template is looked up for so long: whoever waits for a grant finds an answer that still
 * counts when it comes. The longest interval of grants for one contact is that of a pair, 6.1 s.
 */
const WANTED_MS = 10_000;
const FIRST_BACK_OFF_MS = 500;
const LONGEST_BACK_OFF_MS = 5_000;
/** How soon it is noticed that the facts are current again. */
const NOTICE_MS = 100;

interface LookedUp {
  readonly key: string;
  wantedAt: number;
  /** Until when the last answer counts, of performance.now(). */
  until: number;
  failures: number;
  /** Resolves when the next look-up has ended, or none is needed any more. */
  next: PromiseWithResolvers<void>;
}

/** What of a message the look-ups need. */
export interface TemplateSend {
  readonly command: SendMessage;
  readonly sending: SendingAccount;
}

/**
 * While the facts of an account's templates are not current, asks the provider for the status of a template that is to be sent:
 * one request at a time for each, from the tenant's budget. Without an answer that counts nothing is sent.
 */
export class TemplateLookUps implements OnModuleDestroy {
  private readonly known = new Map<string, LookedUp>();
  private readonly stopped = new AbortController();
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly freshness: Pick<TemplateFreshness, 'isCurrent'>,
    private readonly table: Pick<TemplateTable, 'overlay' | 'catalogue'>,
  ) {}

  /** What a send has to wait for before it takes from any budget; undefined when it may go on. */
  before({ command, sending }: TemplateSend): Waits | undefined {
    const state = this.doubtful(command);
    if (!state) return undefined;
    const looked = this.lookUp(sending, state);
    if (performance.now() < looked.until) return undefined;
    const { account } = command;
    dispatcherMetrics.templateHolds.inc({ account });
    return wait(`templates of account ${account} are looked up at the provider`, looked.next.promise);
  }

  /**
   * In the step of the send itself.
   *
   * @throws {Unavailable} when the facts are not current, and no answer of the provider counts
   */
  assure(command: SendMessage): undefined {
    const state = this.doubtful(command);
    if (!state || performance.now() < (this.known.get(templateKey(state))?.until ?? -Infinity)) return undefined;
    dispatcherMetrics.templateHolds.inc({ account: command.account });
    throw new Unavailable('the state of templates', 'it is not current, and no answer of the provider is at hand');
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped.abort(new Error('the service stops'));
    await Promise.all(this.running);
  }

  /** The state of a command's template, when it has one that is not current. */
  private doubtful({ tenant, account, content }: SendMessage): TemplateState | undefined {
    if (content.type !== 'template' || this.freshness.isCurrent(account)) return undefined;
    return this.table.catalogue.state({ tenant, account, name: content.name!, language: content.language! });
  }

  private lookUp(sending: SendingAccount, state: TemplateState): LookedUp {
    const key = templateKey(state);
    const known = this.known.get(key);
    if (known) {
      known.wantedAt = performance.now();
      return known;
    }
    const next = Promise.withResolvers<void>();
    const looked = { key, wantedAt: performance.now(), until: -Infinity, failures: 0, next };
    this.known.set(key, looked);
    const running = this.keepUp(sending, state, looked).finally(() => {
      this.known.delete(key);
      looked.next.resolve();
      this.running.delete(running);
    });
    this.running.add(running);
    return looked;
  }

  /** Looks it up again and again, while it is wanted and its facts are not current. */
  private async keepUp(sending: SendingAccount, state: TemplateState, looked: LookedUp): Promise<void> {
    const { id } = sending.account;
    const isNeeded = () =>
      !this.stopped.signal.aborted && !this.freshness.isCurrent(id) && performance.now() - looked.wantedAt < WANTED_MS;
    while (isNeeded()) {
      const pauseMs = await this.ask(sending, state, looked);
      const { next } = looked;
      looked.next = Promise.withResolvers();
      next.resolve();
      const until = performance.now() + pauseMs;
      while (isNeeded() && performance.now() < until) await this.rest(Math.min(NOTICE_MS, until - performance.now()));
    }
  }

  /** @returns milliseconds to wait before it is asked again */
  private async ask(sending: SendingAccount, state: TemplateState, looked: LookedUp): Promise<number> {
    const { id: account } = sending.account;
    const answer = await lookUpTemplate(sending, state, this.stopped.signal);
    dispatcherMetrics.templateLookUps.inc({ account, outcome: answer.outcome });
    if (answer.outcome !== 'told') {
      const backOffMs = FIRST_BACK_OFF_MS * 2 ** Math.min(looked.failures++, 10);
      return Math.min(backOffMs, LONGEST_BACK_OFF_MS) * (0.75 + Math.random() / 4);
    }
    looked.failures = 0;
    const now = performance.now();
    looked.until = Math.min(now + COUNTS_MS, answer.askedAt + COUNTS_FROM_ASKING_MS);
    this.table.overlay(answer.state, Date.now() + looked.until - now);
    return AGAIN_AFTER_MS;
  }

  private async rest(ms: number): Promise<void> {
    await delay(Math.max(0, ms), undefined, { signal: this.stopped.signal }).catch(() => undefined);
  }
}
