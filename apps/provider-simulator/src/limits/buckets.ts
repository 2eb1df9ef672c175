import type { RequestRecord } from '../evidence/request-log.ts';
import type { LimitSettings } from '../settings/limit-settings.ts';

/** One thing that is limited: which limit applies, and whose count it is. */
export interface Bucket {
  readonly limit: Exclude<keyof LimitSettings, 'retryAfter'>;
  /** Unique within the account: `tenant`, `client:acme-client`, `number:whatsapp:+15550009876`. */
  readonly name: string;
}

/** Where a token is asked for: guide 000 §2, 002 §1 (there on a host of its own), 004. */
export const TOKEN_PATHS = {
  '000': '/api/v2/oauth2/token',
  '002': '/oauth2/token',
  '004': '/oauth/token',
} as const;
const isTokenPath = (path: string): boolean => Object.values(TOKEN_PATHS).some((one) => one === path);

const NEW_TEMPLATE = /^\/api\/v2\/messaging\/providers\/[^/]+\/templates$/;

/** What a request counts against, from what the evidence says of it. */
export function* bucketsOf(record: RequestRecord): Generator<Bucket> {
  const { client, number, toHash, traffic, path, method } = record;
  yield { limit: 'tenant', name: 'tenant' };
  if (client !== undefined) {
    yield { limit: 'client', name: `client:${client}` };
    if (isTokenPath(path)) yield { limit: 'token', name: `token:${client}` };
  }
  if (method === 'POST' && NEW_TEMPLATE.test(path)) yield { limit: 'templates', name: 'templates' };
  if (traffic !== undefined) yield { limit: traffic, name: traffic };
  if (number === undefined) return;
  yield { limit: 'number', name: `number:${number}` };
  if (number.startsWith('whatsapp:')) yield { limit: 'pair', name: `pair:${number}:${toHash ?? ''}` };
}
