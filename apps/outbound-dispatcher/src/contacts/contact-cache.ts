/** Most contacts that are remembered; one is an id of some 40 characters beside another. */
const MOST = 10_000;

/** Which contact a provider conversation is of, as far as it was looked up; the one not used for longest goes first. */
export class ContactCache {
  readonly #ids = new Map<string, string>();

  constructor(private readonly most = MOST) {}

  get(account: string, providerConversationId: string): string | undefined {
    const key = keyOf(account, providerConversationId);
    const id = this.#ids.get(key);
    if (id === undefined) return undefined;
    // A Map keeps the order of insertion.
    this.#ids.delete(key);
    this.#ids.set(key, id);
    return id;
  }

  set(account: string, providerConversationId: string, contactId: string): void {
    const key = keyOf(account, providerConversationId);
    this.#ids.delete(key);
    this.#ids.set(key, contactId);
    const oldest = this.#ids.keys().next();
    if (this.#ids.size > this.most && !oldest.done) this.#ids.delete(oldest.value);
  }

  forget(account: string, providerConversationId: string): void {
    this.#ids.delete(keyOf(account, providerConversationId));
  }

  get size(): number {
    return this.#ids.size;
  }
}

const keyOf = (account: string, providerConversationId: string): string =>
  JSON.stringify([account, providerConversationId]);
