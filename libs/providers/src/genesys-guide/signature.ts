import { createHmac, timingSafeEqual } from 'node:crypto';
import type { WebhookHeaders } from '../webhook-profile.ts';

/** Guide 000, section 3. */
const HEADER = 'x-genesys-cloud-signature';
const HEX = /^[0-9a-f]{64}$/i;
const BASE64 = /^[A-Za-z0-9+/]{43}=$/;

/**
 * HMAC-SHA256 over the raw body, in hex or base64, with or without `sha256=` in front (the guide names only the algorithm).
 * All secrets are computed and compared, so the time taken says nothing about which of them matched.
 */
export function isSigned(rawBody: Buffer, headers: WebhookHeaders, secrets: readonly string[]): boolean {
  const presented = digestOf(headers[HEADER]);
  if (!presented) return false;
  let matched = false;
  for (const secret of secrets) {
    const equal = timingSafeEqual(createHmac('sha256', secret).update(rawBody).digest(), presented);
    // An empty secret is a configuration that was never made: anybody can sign with it.
    matched = (equal && secret !== '') || matched;
  }
  return matched;
}

/** The 32 bytes the header stands for; undefined when it is missing, repeated or anything else. */
function digestOf(header: string | string[] | undefined): Buffer | undefined {
  const value = Array.isArray(header) ? (header.length === 1 ? header[0] : undefined) : header;
  const text = value?.trim().replace(/^sha256=/i, '') ?? '';
  if (HEX.test(text)) return Buffer.from(text, 'hex');
  if (BASE64.test(text)) return Buffer.from(text, 'base64');
  return undefined;
}
