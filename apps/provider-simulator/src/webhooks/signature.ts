import { createHmac } from 'node:crypto';
import type { WebhookSettings } from '../settings/webhook-settings.ts';

/** `X-Genesys-Cloud-Signature`: HMAC-SHA256 over the raw body (guide 000 §3), written in the configured form. */
export function signature(body: string, { secret, signature }: WebhookSettings): string {
  const hmac = createHmac('sha256', secret).update(body);
  if (signature === 'base64') return hmac.digest('base64');
  const hex = hmac.digest('hex');
  if (signature === 'HEX') return hex.toUpperCase();
  return signature === 'hex' ? hex : `sha256=${hex}`;
}
