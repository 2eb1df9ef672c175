import type { Account } from '../accounts/account.ts';
import { templateChanged } from '../webhooks/event.ts';
import type { WebhookSender } from '../webhooks/webhook-sender.ts';
import type { ProviderClock } from '../world/clock.ts';
import type { Random } from '../world/random.ts';
import type { Timers } from '../world/timers.ts';
import type { Template, TemplateChange } from './template-store.ts';

/** The provider's reviewers: everything that becomes of a WhatsApp template goes through here, with the event that tells of it. */
export class TemplateDesk {
  readonly #clock: ProviderClock;
  readonly #random: Random;
  readonly #timers: Timers;
  readonly #sender: WebhookSender;

  constructor(clock: ProviderClock, random: Random, timers: Timers, sender: WebhookSender) {
    this.#clock = clock;
    this.#random = random;
    this.#timers = timers;
    this.#sender = sender;
  }

  /** Is reviewed as the settings say (guide 001 §2: "asynchronously"); without a review it waits for the control API. */
  submitted(account: Account, template: Template): void {
    const { review } = account.settings;
    if (review === null) return;
    const { afterMs, inReviewAfterMs, rejectShare, rejectNames, reason } = review;
    const named = rejectNames !== undefined && new RegExp(rejectNames, 'u').test(template.name);
    const rejected = named || this.#random.chance(rejectShare);
    if (inReviewAfterMs !== undefined) {
      this.#timers.after(inReviewAfterMs, () => this.#review(account, template, { status: 'IN_REVIEW' }));
    }
    const verdict: TemplateChange = rejected ? { status: 'REJECTED', reason } : { status: 'APPROVED' };
    this.#timers.after(afterMs, () => this.#review(account, template, verdict));
  }

  changed(account: Account, template: Template, change: TemplateChange, tell = true): void {
    const { status, reason, quality, category } = change;
    if (status !== undefined) {
      template.status = status;
      template.rejection_reason = reason;
    }
    if (quality !== undefined) template.quality = quality;
    if (category !== undefined) account.templates.recategorise(template, category);
    if (!tell) return;
    const { templateLanguage } = account.settings.webhook;
    this.#sender.emit(account, templateChanged(template, this.#clock.now(), change, templateLanguage));
  }

  /** What the control API has decided meanwhile stands. */
  #review(account: Account, template: Template, change: TemplateChange): void {
    if (template.status === 'PENDING' || template.status === 'IN_REVIEW') this.changed(account, template, change);
  }
}
