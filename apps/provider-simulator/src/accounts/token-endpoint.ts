import { FieldError, object, oneOf, optional, text } from '../check/check.ts';
import type { Endpoint } from '../exchange/endpoint.ts';
import { unauthorized } from '../exchange/refusal.ts';
import type { World } from '../world/world.ts';
import type { Account } from './account.ts';

const tokenRequest = object({
  grant_type: oneOf('client_credentials'),
  client_id: text(),
  client_secret: text(),
  /** Not in guide 000; guide 002 §1 asks for some of the client's scopes this way. */
  scope: optional(text()),
});

/** Guide 000 §2. Counts against the account's limit like everything else. */
export const tokenEndpoint: Endpoint = {
  method: 'POST',
  path: '/api/v2/oauth2/token',
  consumes: 'application/x-www-form-urlencoded',
  identify: (world, incoming) => accountOf(world, incoming.form()['client_id']),
  handle: ({ world, incoming }) => {
    const { client_id, client_secret, scope } = tokenRequest(incoming.form(), '');
    const account = accountOf(world, client_id);
    if (account?.settings.client.secret !== client_secret) {
      throw unauthorized('client_id, client_secret: not accepted', 'invalid_client');
    }
    const { scopes, tokenLifetimeS } = account.settings;
    const granted = scope?.split(' ') ?? scopes;
    const foreign = granted.find((one) => !scopes.includes(one));
    if (foreign !== undefined)
      throw new FieldError('scope', `${JSON.stringify(foreign)} is not allowed to this client`);
    const access_token = world.tokens.issue(account.id, granted, world.clock.now() + tokenLifetimeS * 1000);
    const answer = { access_token, token_type: 'bearer', expires_in: tokenLifetimeS };
    return { status: 200, body: scope === undefined ? answer : { ...answer, scope } };
  },
};

function accountOf(world: World, clientId: string | undefined): Account | undefined {
  for (const account of world.accounts.values()) if (account.settings.client.id === clientId) return account;
  return undefined;
}
