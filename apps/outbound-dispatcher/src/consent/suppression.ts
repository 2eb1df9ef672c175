import type { ConsentPurpose, ConsentSource } from '@heliograph/contracts';

/** What forbids a message, as its fact tells it. */
export interface Suppression {
  /** Keyed hash of the contact. */
  readonly subject: string;
  readonly purpose: ConsentPurpose;
  readonly since: string;
  readonly source?: ConsentSource | undefined;
  readonly consentEventId?: string | undefined;
}

export type ConsentVerdict =
  | {
      readonly kind: 'suppressed';
      readonly refusal: { readonly code: string; readonly reason: string; readonly suppressed: Suppression };
    }
  /** Nothing may be said yet. */
  | { readonly kind: 'wait'; readonly reason: string };
