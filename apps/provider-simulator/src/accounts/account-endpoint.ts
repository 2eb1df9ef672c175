import { FieldError } from '../check/check.ts';
import type { Answer, Call, Endpoint } from '../exchange/endpoint.ts';
import { Refusal, unauthorized } from '../exchange/refusal.ts';
import type { Identity } from '../exchange/principal.ts';
import type { World } from '../world/world.ts';
import type { Account } from './account.ts';

export interface AccountCall extends Call {
  readonly account: Account;
}

interface Definition {
  method: Endpoint['method'];
  path: string;
  /** What the token must allow; one of several where the guides do not agree on its name. */
  scope: string | readonly string[];
  /** It checks the query itself; without it there is none. */
  takesQuery?: true;
  readonly handle: (call: AccountCall) => Answer;
}

/** An endpoint of the provider API: 401 without a token that is good now, 403 without its scope, no query unless it takes one. */
export function accountEndpoint({ method, path, scope, takesQuery, handle }: Definition): Endpoint {
  return {
    method,
    path,
    ...(method === 'GET' || method === 'DELETE' ? {} : { consumes: 'application/json' as const }),
    identify: (world, { bearer }) => ownerOf(world, bearer),
    handle: (call) => {
      const account = authorize(call, scope);
      const extra = takesQuery ? undefined : Object.keys(call.incoming.query)[0];
      if (extra !== undefined) throw new FieldError(extra, 'is not a known query field');
      return handle({ ...call, account });
    },
  };
}

/** Whose token it is, also when it has expired. */
export function ownerOf(world: World, bearer: string | undefined): Identity | undefined {
  const grant = bearer === undefined ? undefined : world.tokens.find(bearer);
  const principal = grant && world.accounts.get(grant.accountId);
  return principal && { principal, client: grant.clientId };
}

function authorize({ world, incoming: { bearer } }: Call, scope: string | readonly string[]): Account {
  if (bearer === undefined) throw unauthorized('authorization: a bearer token is required');
  const grant = world.tokens.find(bearer);
  const account = grant && world.accounts.get(grant.accountId);
  if (!account) throw unauthorized('authorization: the token is not known', 'bad.credentials');
  if (grant.expiresAt <= world.clock.now()) throw unauthorized('authorization: the token has expired', 'token.expired');
  const wanted = typeof scope === 'string' ? [scope] : scope;
  if (!wanted.some((one) => grant.scopes.has(one))) {
    throw new Refusal(403, 'missing.scope', `scope: ${wanted.join(' or ')} is required`);
  }
  return account;
}
