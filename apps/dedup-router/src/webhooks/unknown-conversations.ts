/** How long an event waits for its provider conversation to become known (design, section 2). */
const WAIT_MS = 60_000;
const MOST = 10_000;

/**
 * Since when provider conversations are waited for. The minute counts from the first event of a conversation, so that those
 * behind it in the lane do not wait a minute each. Lost with the process: then the minute begins anew.
 */
export class UnknownConversations {
  private readonly since = new Map<string, number>();

  constructor(private readonly now: () => number = Date.now) {}

  /** Whether the wait for this conversation is over without a result; the first question begins it. */
  givenUp(account: string, providerConversationId: string): boolean {
    const key = JSON.stringify([account, providerConversationId]);
    const since = this.since.get(key) ?? this.now();
    this.since.set(key, since);
    // The oldest entry goes first; at worst its conversation is waited for once more.
    if (this.since.size > MOST) this.since.delete(this.since.keys().next().value!);
    return this.now() - since >= WAIT_MS;
  }
}
