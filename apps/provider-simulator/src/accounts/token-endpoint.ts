import { FieldError, object, oneOf, optional, text, type Check } from '../check/check.ts';
import type { Endpoint } from '../exchange/endpoint.ts';
import { unauthorized } from '../exchange/refusal.ts';
import { TOKEN_PATHS } from '../limits/buckets.ts';
import type { World } from '../world/world.ts';
import type { Account } from './account.ts';

const credentials = { grant_type: oneOf('client_credentials'), client_id: text(), client_secret: text() };

interface TokenRequest {
  readonly client_id: string;
  readonly client_secret: string;
  readonly scope?: string | undefined;
}

/** How a guide has tokens asked for. */
interface Dialect {
  readonly path: string;
  readonly request: Check<TokenRequest>;
  readonly lifetimeS: number;
  readonly tokenType: string;
}

const dialects: Dialect[] = [
  /** Guide 000 §2 shows no scope; that it may be given is assumed. */
  {
    path: TOKEN_PATHS['000'],
    request: object({ ...credentials, scope: optional(text()) }),
    lifetimeS: 3600,
    tokenType: 'bearer',
  },
  /** Guide 002 §1: the scope must be requested, and is told in the answer. */
  {
    path: TOKEN_PATHS['002'],
    request: object({ ...credentials, scope: text() }),
    lifetimeS: 1799,
    tokenType: 'Bearer',
  },
  /** Guide 004, authentication. */
  { path: TOKEN_PATHS['004'], request: object(credentials), lifetimeS: 3600, tokenType: 'bearer' },
];

/** Each counts against the limits of account and client like everything else. */
export const tokenEndpoints: Endpoint[] = dialects.map((dialect) => ({
  method: 'POST',
  path: dialect.path,
  consumes: 'application/x-www-form-urlencoded',
  identify: (world, incoming) => {
    const client = incoming.form()['client_id'];
    const principal = accountOf(world, client);
    return principal && { principal, ...(client !== undefined && { client }) };
  },
  handle: ({ world, incoming }) => ({ status: 200, body: grant(world, dialect, dialect.request(incoming.form(), '')) }),
}));

function grant(world: World, dialect: Dialect, { client_id, client_secret, scope }: TokenRequest): object {
  const account = accountOf(world, client_id);
  if (account?.client(client_id)?.secret !== client_secret) {
    throw unauthorized('client_id, client_secret: not accepted', 'invalid_client');
  }
  const { scopes, tokenLifetimeS = dialect.lifetimeS } = account.settings;
  const granted = scope?.split(' ') ?? scopes;
  const foreign = granted.find((one) => !scopes.includes(one));
  if (foreign !== undefined) throw new FieldError('scope', `${JSON.stringify(foreign)} is not allowed to this client`);
  const owner = { accountId: account.id, clientId: client_id };
  const access_token = world.tokens.issue(owner, granted, world.clock.now() + tokenLifetimeS * 1000);
  const answer = { access_token, token_type: dialect.tokenType, expires_in: tokenLifetimeS };
  return scope === undefined ? answer : { ...answer, scope };
}

function accountOf(world: World, clientId: string | undefined): Account | undefined {
  return clientId === undefined ? undefined : [...world.accounts.values()].find((account) => account.client(clientId));
}
