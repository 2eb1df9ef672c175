import { Injectable } from '@nestjs/common';
import { ERASED, EVENTS, type TimelineEntry } from '@heliograph/contracts';
import { Subjects } from '@heliograph/consent';
import { skip, type Outcome } from '@heliograph/kafka';
import { erasureOf } from '../crm/erasure.ts';
import { activityOf, type Activity } from '../crm/activity.ts';
import { contactOf, type Contact } from '../crm/contact.ts';
import { CrmClient } from '../crm/crm-client.ts';
import { outcomeOf } from '../crm/outcome.ts';
import type { Verdict } from '../crm/verdict.ts';
import { metrics } from '../metrics.ts';
import { WrittenContacts } from './written-contacts.ts';

/** Brings timeline entries into the CRM: the contact first, then one activity per entry. */
@Injectable()
export class TimelineService {
  private readonly contacts = new WrittenContacts();

  constructor(
    private readonly crm: CrmClient,
    private readonly subjects: Subjects,
  ) {}

  /**
   * @throws Retryable when the CRM failed at this entry
   * @throws Unavailable when the CRM cannot be reached or does not let us in
   */
  async write(entry: TimelineEntry): Promise<Outcome> {
    if (entry.contact === ERASED) return this.erase(entry);
    const contact = contactOf(entry, this.subjects);
    const activity = activityOf(entry, contact.id);
    const known = this.contacts.has(contact);
    let verdict = await this.writeBoth(contact, activity, entry);
    if (known && verdict.kind === 'refused' && verdict.status === 404) {
      // Somebody removed the contact in the CRM since it was written.
      this.contacts.forget(contact);
      verdict = await this.writeBoth(contact, activity, entry);
    }
    if (verdict.kind === 'taken') metrics.delaySeconds.observe(secondsSince(entry.at));
    return outcomeOf(verdict);
  }

  /** The CRM is told up to which number; what of it comes once more does not come back. */
  private async erase(entry: TimelineEntry): Promise<Outcome> {
    if (entry.kind !== EVENTS.contactErased.type) return skip('its contact was erased');
    // Whom it was about, the entry does not say.
    this.contacts.clear();
    return outcomeOf(await this.crm.put(erasureOf(entry)));
  }

  private async writeBoth(
    contact: Contact,
    activity: Activity,
    { conversationId, sequence }: TimelineEntry,
  ): Promise<Verdict> {
    const { hidden } = activity;
    const entry = { conversationId, sequence };
    if (!this.contacts.has(contact)) {
      const verdict = await this.crm.put({ kind: 'contact', id: contact.id, fields: contact.fields, hidden, entry });
      if (verdict.kind !== 'taken') return verdict;
      this.contacts.remember(contact);
    }
    return this.crm.put({ kind: 'activity', id: activity.id, fields: activity.fields, hidden });
  }
}

const secondsSince = (at: string): number => Math.max(0, Date.now() - Date.parse(at)) / 1000 || 0;
