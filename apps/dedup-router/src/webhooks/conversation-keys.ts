const MOST = 10_000;

/**
 * Lanes in which an event waits for its conversation: what they hold is of conversations, none of it of templates. Marks of the
 * template path do not wait for them: an unknown conversation may take a minute.
 */
export class ConversationKeys {
  private readonly waiting = new Set<string>();

  waits(key: string): void {
    this.waiting.add(key);
    // At worst the marks stand still until that lane goes on.
    if (this.waiting.size > MOST) this.waiting.delete(this.waiting.values().next().value!);
  }

  goesOn(key: string): void {
    this.waiting.delete(key);
  }

  has(key: string): boolean {
    return this.waiting.has(key);
  }
}
