import { accountEndpoint, type AccountCall } from '../accounts/account-endpoint.ts';
import type { Account } from '../accounts/account.ts';
import type { Answer, Endpoint } from '../exchange/endpoint.ts';
import { notFound, Refusal } from '../exchange/refusal.ts';
import type { RoutingKind } from './routing-table.ts';

/** Assumed: no guide shows them. The paths are those of Genesys Cloud's public API, the scopes those of guide 000. */
export const routingEndpoints: Endpoint[] = [
  lookUp('queue', '/api/v2/routing/queues/:id', 'view:routing'),
  lookUp('skill', '/api/v2/routing/skills/:id', 'view:routing'),
  lookUp('user', '/api/v2/users/:id', 'view:user'),
];

function lookUp(kind: RoutingKind, path: string, scope: string): Endpoint {
  return accountEndpoint({
    method: 'GET',
    path,
    scope,
    handle: ({ account, incoming }: AccountCall): Answer => {
      const id = incoming.param('id');
      assertVisible(account, kind, id, 'id');
      const state = account.routing.stateOf(kind, id);
      return { status: 200, body: { id, name: id, ...(kind === 'queue' ? {} : { state }) } };
    },
  });
}

/** Throws what the provider answers when this object may not be seen: 404 when it is removed, 403 when it is forbidden. */
export function assertVisible({ routing }: Account, kind: RoutingKind, id: string, field: string): void {
  const state = routing.stateOf(kind, id);
  if (state === 'forbidden') throw new Refusal(403, 'not.authorized', `${field}: ${kind} ${JSON.stringify(id)}`);
  if (state === 'removed') throw notFound(`${field}: ${JSON.stringify(id)} does not exist`);
}
