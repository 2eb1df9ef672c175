/**
 * What this process has written to a topic that it also reads: until the topic has brought a key's own writes back, what it
 * brings of that key is older than the last of them, and of no interest.
 */
export class OwnWrites {
  readonly #expected = new Map<string, string[]>();

  wrote(key: string, data: unknown): void {
    const waiting = this.#expected.get(key) ?? [];
    this.#expected.set(key, [...waiting, JSON.stringify(data)]);
  }

  /** Whether the record says something that this process did not say later. */
  isNews(key: string, data: unknown): boolean {
    const waiting = this.#expected.get(key);
    if (!waiting) return true;
    const place = waiting.indexOf(JSON.stringify(data));
    if (place === waiting.length - 1) this.#expected.delete(key);
    else if (place >= 0) this.#expected.set(key, waiting.slice(place + 1));
    return false;
  }
}
