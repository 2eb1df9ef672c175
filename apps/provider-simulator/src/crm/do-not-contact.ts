import { boolean, integer, object, optional, text, type Checked } from '../check/check.ts';
import { CrmTable } from './crm-table.ts';

/** What the CRM is told of a contact's consent, under the keyed hash that the contact's row names, too. */
export const doNotContactShape = object({
  tenant: text(),
  doNotContact: boolean(),
  noMarketing: boolean(),
  /** When it was said. */
  at: text(),
  source: text(),
  eventId: text(),
  sequence: integer(),
});
export type DoNotContact = Checked<typeof doNotContactShape>;

/** A mark that was set or taken away. */
export interface ContactChange {
  readonly change: number;
  /** A user of the CRM, or `api` for what came over the API. */
  readonly by: string;
  readonly at: string;
  readonly doNotContact: boolean;
  /** Of a user's mark: whose. */
  readonly contact?: { readonly tenant: string; readonly channel: string; readonly address: string };
  /** Of one that came over the API. */
  readonly subject?: string;
}

/** Marks by subject, and every change of one in order until it is acknowledged. */
export class DoNotContactList {
  readonly marks = new CrmTable<DoNotContact>();
  readonly #changes: ContactChange[] = [];
  #last = 0;

  put(subject: string, fields: DoNotContact) {
    const before = this.marks.find(subject);
    const put = this.marks.put(subject, fields);
    if (before?.doNotContact !== fields.doNotContact) {
      this.changed({ by: 'api', at: fields.at, doNotContact: fields.doNotContact, subject });
    }
    return put;
  }

  changed(change: Omit<ContactChange, 'change'>): ContactChange {
    const numbered = { change: ++this.#last, ...change };
    this.#changes.push(numbered);
    return numbered;
  }

  /** Those that nobody has acknowledged, oldest first. */
  waiting(limit: number): ContactChange[] {
    return this.#changes.slice(0, limit);
  }

  acknowledge(upTo: number): void {
    while (this.#changes.length > 0 && this.#changes[0]!.change <= upTo) this.#changes.shift();
  }
}

export const acknowledgedShape = object({ change: integer() });
/** What a user of the CRM does. */
export const markShape = object({ doNotContact: boolean(), by: optional(text()) });
