import { isOverBroadScope } from '@heliograph/accounts';
import { isText, valueAt } from '../field-reader.ts';
import { endpoint, type HttpExchange } from '../http/http-exchange.ts';
import type { LimitListener } from '../limits.ts';
import type { TokenAnswer } from '../token-source.ts';
import { callResult, type Read } from './answers.ts';
import { tellQuotas } from './quota.ts';

type Token = Extract<TokenAnswer, { kind: 'token' | 'over-broad' }>;

/** What may stand in a header. */
const TOKEN = /^[\x21-\x7e]+$/;

export interface TokenRequest {
  readonly tokenUrl: string;
  readonly id: string;
  readonly secret: string;
  /** Named in the request when there are any (guide 002, section 1). */
  readonly scopes?: readonly string[] | undefined;
  readonly timeoutMs: number;
  /** Moment of performance.now() from which it may no longer begin. */
  readonly sendBy: number;
  readonly limits?: LimitListener | undefined;
}

/**
 * One request for a token with client credentials in the form body (guide 000, section 2; 002, section 1; 004, authentication).
 * Never rejects.
 */
export async function requestToken(http: HttpExchange, request: TokenRequest): Promise<TokenAnswer> {
  const { tokenUrl, id, secret, scopes, timeoutMs, sendBy, limits } = request;
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    ...(scopes && { scope: scopes.join(' ') }),
    client_id: id,
    client_secret: secret,
  });
  const exchange = await http.send(
    {
      method: 'POST',
      endpoint: endpoint(tokenUrl),
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: form.toString(),
    },
    { sendBy, timeoutMs },
  );
  tellQuotas(exchange, limits);
  const result = callResult(exchange, () => [secret, id], readToken);
  if (result.outcome === 'ok') return result.value;
  if (result.outcome === 'throttled') {
    const { reason, retryAt, named } = result;
    return { kind: 'unavailable', reason, throttled: { retryAt, named } };
  }
  if (result.outcome === 'not-sent' && result.code === 'send-by-passed') return { kind: 'too-late' };
  const refused = result.outcome === 'refused' || (result.outcome === 'not-sent' && result.code === 'unauthorized');
  return { kind: refused ? 'refused' : 'unavailable', reason: result.reason };
}

/** `expires_in` is trusted, whatever lifetime the guides mention (3,600 s in 000, 1,799 s in 002, 1 hour in 004). */
function readToken(json: unknown): Read<Token> {
  const token = valueAt(json, 'access_token');
  if (!isText(token) || !TOKEN.test(token)) return { ok: false, reason: 'the answer has no usable access_token' };
  const broad = grantedScopes(json).find(isOverBroadScope);
  if (broad !== undefined) {
    const reason = `its scope holds "${broad}", which is over-broad (guide 000, section 2)`;
    return { ok: true, value: { kind: 'over-broad', reason } };
  }
  const given = valueAt(json, 'expires_in');
  const seconds = typeof given === 'string' ? Number(given.trim() || Number.NaN) : given;
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds <= 0) {
    return { ok: false, reason: 'the answer has no usable expires_in' };
  }
  return { ok: true, value: { kind: 'token', token, expiresInMs: seconds * 1000 } };
}

/** What the answer says that the token allows (guide 002, section 1): texts with spaces between them, or a list. */
function grantedScopes(json: unknown): string[] {
  const scope = valueAt(json, 'scope');
  const texts: unknown[] = Array.isArray(scope) ? scope : [scope];
  return texts.flatMap((text) => (typeof text === 'string' ? text.split(/[\s,]+/) : []));
}
