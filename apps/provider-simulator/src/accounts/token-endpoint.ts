import { FieldError, object, oneOf, optional, text } from '../check/check.ts';
import type { Endpoint } from '../exchange/endpoint.ts';
import { unauthorized } from '../exchange/refusal.ts';
import { TOKEN_PATH } from '../limits/buckets.ts';
import type { World } from '../world/world.ts';
import type { Account } from './account.ts';

const tokenRequest = object({
  grant_type: oneOf('client_credentials'),
  client_id: text(),
  client_secret: text(),
  /** Not in guide 000; guide 002 §1 asks for some of the client's scopes this way. */
  scope: optional(text()),
});

/** Guide 000 §2. Counts against the limits of account and client like everything else. */
export const tokenEndpoint: Endpoint = {
  method: 'POST',
  path: TOKEN_PATH,
  consumes: 'application/x-www-form-urlencoded',
  identify: (world, incoming) => {
    const client = incoming.form()['client_id'];
    const principal = accountOf(world, client);
    return principal && { principal, ...(client !== undefined && { client }) };
  },
  handle: ({ world, incoming }) => {
    const { client_id, client_secret, scope } = tokenRequest(incoming.form(), '');
    const account = accountOf(world, client_id);
    if (account?.client(client_id)?.secret !== client_secret) {
      throw unauthorized('client_id, client_secret: not accepted', 'invalid_client');
    }
    const { scopes, tokenLifetimeS } = account.settings;
    const granted = scope?.split(' ') ?? scopes;
    const foreign = granted.find((one) => !scopes.includes(one));
    if (foreign !== undefined)
      throw new FieldError('scope', `${JSON.stringify(foreign)} is not allowed to this client`);
    const access_token = world.tokens.issue(
      { accountId: account.id, clientId: client_id },
      granted,
      world.clock.now() + tokenLifetimeS * 1000,
    );
    const answer = { access_token, token_type: 'bearer', expires_in: tokenLifetimeS };
    return { status: 200, body: scope === undefined ? answer : { ...answer, scope } };
  },
};

function accountOf(world: World, clientId: string | undefined): Account | undefined {
  return clientId === undefined ? undefined : [...world.accounts.values()].find((account) => account.client(clientId));
}
