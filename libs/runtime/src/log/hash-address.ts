import { createHmac } from 'node:crypto';

/**
 * How a contact's address appears in logs and metrics: 16 hex digits (64 bits) of its HMAC-SHA256. Phone numbers are few
 * enough to try them all, so only the key keeps the hash from being turned back.
 */
export function hashAddress(secretSalt: string, address: string): string {
  return createHmac('sha256', secretSalt).update(address).digest('hex').slice(0, 16);
}
