import { describe, expect, it } from '@jest/globals';
import { Account } from '../accounts/account.ts';
import { checkSettings } from '../settings/settings.ts';
import { seeded } from '../testing/templates.ts';
import type { WebhookSender } from '../webhooks/webhook-sender.ts';
import { ProviderClock } from '../world/clock.ts';
import { Random } from '../world/random.ts';
import { Timers } from '../world/timers.ts';
import { TemplateDesk } from './template-desk.ts';

/** A desk whose reviews end when the test says so. */
function deskOf() {
  const due: (() => void)[] = [];
  const told: (string | undefined)[] = [];
  const timers = Object.assign(new Timers(), { after: (_ms: number, action: () => void) => void due.push(action) });
  const sender: Pick<WebhookSender, 'emit'> = { emit: (_account, { status }) => void told.push(status) };
  const desk = new TemplateDesk(new ProviderClock(), new Random(1), timers, sender as WebhookSender);
  const client = { id: 'acme-client', secret: 'secret' };
  const senders = [{ channel: 'whatsapp', address: '+15550009876' }];
  const review = { afterMs: 1_000, inReviewAfterMs: 100 };
  const [settings] = checkSettings({ accounts: [{ id: 'acme', client, senders, review, ...seeded }] }).accounts;
  const account = new Account(settings!, new Random(1));
  const template = account.templates.list()[0]!;
  template.status = 'PENDING';
  return { desk, account, template, told, end: () => due.splice(0).forEach((action) => action()) };
}

describe('the review of a template', () => {
  it('ends with in review and a verdict, each told', () => {
    const { desk, account, template, told, end } = deskOf();
    desk.submitted(account, template);
    end();
    expect([template.status, told]).toEqual(['APPROVED', ['in_review', 'approved']]);
  });

  it('changes nothing of what was decided before its end', () => {
    const { desk, account, template, told, end } = deskOf();
    desk.submitted(account, template);
    desk.changed(account, template, { status: 'REJECTED', reason: 'SCAM' });
    end();
    expect([template.status, template.rejection_reason, told]).toEqual(['REJECTED', 'SCAM', ['rejected']]);
  });
});
