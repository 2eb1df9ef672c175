import type { Contact } from '../crm/contact.ts';

/** About 10 MB. */
const MOST = 50_000;

/**
 * What this process has written of which contact, so that each is written once and again when something changed. Of many
 * the one used longest ago is forgotten, and written once more when it comes again.
 */
export class WrittenContacts {
  private readonly fields = new Map<string, string>();

  constructor(private readonly most = MOST) {}

  has(contact: Contact): boolean {
    const written = this.fields.get(contact.id);
    if (written === undefined || written !== JSON.stringify(contact.fields)) return false;
    this.fields.delete(contact.id);
    this.fields.set(contact.id, written);
    return true;
  }

  remember(contact: Contact): void {
    this.forget(contact);
    this.fields.set(contact.id, JSON.stringify(contact.fields));
    if (this.fields.size <= this.most) return;
    const [oldest] = this.fields.keys();
    this.fields.delete(oldest!);
  }

  /** Everything is written once more. */
  clear(): void {
    this.fields.clear();
  }

  forget(contact: Contact): void {
    this.fields.delete(contact.id);
  }
}
