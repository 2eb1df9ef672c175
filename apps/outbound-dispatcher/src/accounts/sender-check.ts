import { setTimeout as delay } from 'node:timers/promises';
import type { OnApplicationBootstrap } from '@nestjs/common';
import type { FieldProblem } from '@heliograph/contracts';
import { callProvider, type CallResult, type Engagement } from '@heliograph/providers';
import { fatal, type Log } from '@heliograph/runtime';
import { senderChecks } from '../metrics.ts';
import type { SendingAccount } from './sending-account.ts';
import { mismatches, SenderMismatch } from './sender-mismatch.ts';

/** The start waits no longer for a provider; the check goes on beside it. */
const START_WITHIN_MS = 5_000;
const FIRST_BACK_OFF_MS = 1_000;
const LONGEST_BACK_OFF_MS = 60_000;

/** `untold`: the provider does not say which numbers there are, or the account may not ask. */
export type SenderCheckState = 'pending' | 'ok' | 'untold' | 'mismatch';

/**
 * Compares the senders' numbers with the provider's engagements when the service starts (guide 000, section 1): what differs
 * would be refused message by message, and damage the business account. A service with a wrong number does not start; one
 * that finds out later, because the provider could not be reached, ends.
 */
export class SenderCheck implements OnApplicationBootstrap {
  private readonly stopping = new AbortController();
  private readonly found: FieldProblem[] = [];
  private running: Promise<unknown> = Promise.resolve();
  private starting = true;
  readonly states = new Map<string, SenderCheckState>();

  constructor(
    private readonly accounts: readonly SendingAccount[],
    private readonly log: Log,
    private readonly end: (error: Error) => void = fatal,
  ) {}

  /** @throws SenderMismatch */
  async onApplicationBootstrap(): Promise<void> {
    senderChecks.add(this);
    const checked = this.accounts.filter(({ account }) => account.checkSenders);
    for (const { account } of checked) this.states.set(account.id, 'pending');
    const firstTries = checked.map(() => Promise.withResolvers<void>());
    this.running = Promise.all(checked.map((sending, index) => this.check(sending, firstTries[index]!.resolve))).catch(
      fatal,
    );
    const tried = Promise.all(firstTries.map(({ promise }) => promise));
    await Promise.race([tried, delay(START_WITHIN_MS, undefined, { ref: false })]);
    this.starting = false;
    if (this.found.length > 0) throw new SenderMismatch(this.found);
  }

  async stop(): Promise<void> {
    senderChecks.delete(this);
    this.stopping.abort(new Error('the service stops'));
    await this.running;
  }

  /** Until it is found out. @param tried called after the first try, whatever it brought */
  private async check(sending: SendingAccount, tried: () => void): Promise<void> {
    const { signal } = this.stopping;
    const { id: account } = sending.account;
    for (let failures = 0; !signal.aborted; failures++) {
      const result = await this.ask(sending).catch((error: unknown) => {
        if (signal.aborted) return undefined;
        throw error;
      });
      if (result && (result.outcome === 'ok' || result.outcome === 'refused')) {
        this.judge(sending, result);
        return tried();
      }
      if (result) this.log.warn({ account, ...result }, 'cannot see yet whether the senders fit the provider');
      tried();
      const backOff = Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** Math.min(failures, 10));
      const wait = result?.outcome === 'throttled' ? Math.max(0, result.retryAt - Date.now()) : backOff;
      await delay(wait, undefined, { signal }).catch(() => undefined);
    }
    tried();
  }

  /** All pages. */
  private async ask(sending: SendingAccount): Promise<CallResult<readonly Engagement[]>> {
    const { signal } = this.stopping;
    const { requestTimeoutMs: timeoutMs } = sending.account;
    const engagements: Engagement[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await callProvider(sending, (client, options) => client.listEngagements({ ...options, cursor }), {
        timeoutMs,
        signal,
      });
      if (page.outcome !== 'ok') return page;
      engagements.push(...page.value.engagements);
      cursor = page.value.next;
      if (cursor === undefined) return { outcome: 'ok', value: engagements };
    }
  }

  private judge({ account }: SendingAccount, result: CallResult<readonly Engagement[]>): void {
    if (result.outcome !== 'ok' || result.value.length === 0) {
      const { reason } = result.outcome === 'ok' ? { reason: 'it tells no numbers' } : result;
      this.states.set(account.id, 'untold');
      this.log.warn({ account: account.id, reason }, 'the provider does not say whether the senders fit');
      return;
    }
    const problems = mismatches(account.id, account.senders, result.value);
    this.states.set(account.id, problems.length > 0 ? 'mismatch' : 'ok');
    if (problems.length === 0) return;
    this.found.push(...problems);
    if (!this.starting) this.end(new SenderMismatch(problems));
  }
}
