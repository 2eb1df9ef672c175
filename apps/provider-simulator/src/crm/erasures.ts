import { FieldError, integer, object, optional, text, type Checked } from '../check/check.ts';
import { gone } from '../exchange/refusal.ts';
import type { CrmTable } from './crm-table.ts';
import type { Activity, Contact } from './crm-shapes.ts';

/** Of a conversation, everything up to the activity with this number is to go. */
export const erasureShape = object({ tenant: text(), conversationId: text(), sequence: integer(), at: text() });
export type Erasure = Checked<typeof erasureShape>;

/** Which conversation's entry somebody writes a contact for. */
const entryShape = object({ conversationId: optional(text()), sequence: optional(text()) });

export function forEntry(query: unknown, field: string): { conversationId?: string; sequence: number } {
  const { conversationId, sequence = '0' } = entryShape(query, field);
  if (!/^\d{1,15}$/.test(sequence)) throw new FieldError('sequence', 'must be a whole number');
  return { ...(conversationId !== undefined && { conversationId }), sequence: Number(sequence) };
}

/** Which conversations were erased up to where: what is written of that once more is refused. */
export class Erasures {
  readonly #through = new Map<string, number>();
  readonly #contacts: CrmTable<Contact>;
  readonly #activities: CrmTable<Activity>;

  constructor(contacts: CrmTable<Contact>, activities: CrmTable<Activity>) {
    this.#contacts = contacts;
    this.#activities = activities;
  }

  /** Takes the activities away, and contacts that have no other ones. */
  put({ conversationId, sequence }: Erasure): { activities: number; contacts: number } {
    this.#through.set(conversationId, Math.max(sequence, this.#through.get(conversationId) ?? 0));
    const erased = this.#activities.remove((row) => row.conversationId === conversationId && row.sequence <= sequence);
    let contacts = 0;
    for (const contactId of new Set(erased.map((row) => row.contactId))) {
      if (this.#activities.list((row) => row.contactId === contactId).length > 0) continue;
      if (this.#contacts.removeOne(contactId)) contacts++;
    }
    return { activities: erased.length, contacts };
  }

  /** @throws Refusal 410 for what was erased */
  refuse({ conversationId, sequence }: { conversationId?: string | undefined; sequence: number }): void {
    const through = conversationId === undefined ? undefined : this.#through.get(conversationId);
    if (through !== undefined && sequence <= through) throw gone('it was erased');
  }
}
