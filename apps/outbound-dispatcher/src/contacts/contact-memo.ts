/** What a command remembers of the contact that it is for, between two calls of its handler. */
export interface ContactMemo {
  /** The provider conversation. */
  readonly of: string;
  id: string | undefined;
  /** The provider said that it takes messages. */
  isChecked: boolean;
  /** It was looked up anew, because the provider did not know the one remembered. */
  wasLookedUpAgain: boolean;
}
