/** One event of a webhook body. */
export interface WebhookEvent {
  /** The provider's event id; absent when the event carries none that can be used. */
  readonly id?: string;
  /**
   * The template of an event about one; provider conversation id, else the sorted pair of addresses, else the event id, else a
   * hash of the bytes. Depends on nothing but the event, so its repeats always get the same key.
   */
  readonly partitionKey: string;
  /** When the provider says it happened, ISO 8601 in UTC. */
  readonly time?: string;
  /** The event's bytes as they came. */
  readonly data: Buffer;
}

export type SplitWebhook =
  | { readonly ok: true; readonly events: readonly WebhookEvent[] }
  /** The body cannot be taken apart. `reason` quotes nothing of it. */
  | { readonly ok: false; readonly field: string; readonly reason: string };

/** Header values as Node gives them: names in lower case. */
export type WebhookHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** How a provider signs and packs its webhooks. */
export interface WebhookProfile {
  /**
   * Whether the body carries the signature of one of the active secrets. Looks at raw bytes only and parses nothing;
   * every secret is compared, in constant time, whichever matches.
   */
  verify(rawBody: Buffer, headers: WebhookHeaders, secrets: readonly string[]): boolean;
  /**
   * Takes a verified body apart. Refused are only bodies that are not JSON, too deep or too many; an event that makes no
   * sense is handed on like any other, so that the router can dead-letter it instead of losing it.
   */
  split(rawBody: Buffer): SplitWebhook;
}
