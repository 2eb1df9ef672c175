import { accountEndpoint, type AccountCall } from '../accounts/account-endpoint.ts';
import type { Check } from '../check/check.ts';
import type { Endpoint } from '../exchange/endpoint.ts';
import { notFound } from '../exchange/refusal.ts';
import { newSubscription, newWebhook } from './subscription-shapes.ts';
import type { Registrations, SubscriptionStore } from './subscription-store.ts';

interface Resource<T extends object> {
  readonly path: string;
  readonly shape: Check<T>;
  readonly of: (store: SubscriptionStore) => Registrations<T>;
  readonly readScope: string;
  readonly writeScope: string;
}

/** POST is the guides'; the other methods and both scopes of webhooks are assumed. */
function endpointsOf<T extends object>({ path, shape, of, readScope, writeScope }: Resource<T>): Endpoint[] {
  const all = (call: AccountCall) => of(call.account.subscriptions);
  const one = `${path}/:registrationId`;
  return [
    accountEndpoint({
      method: 'GET',
      path,
      scope: readScope,
      handle: (call) => ({ status: 200, body: { entities: all(call).list() } }),
    }),
    accountEndpoint({
      method: 'POST',
      path,
      scope: writeScope,
      handle: (call) => {
        const entry = shape(call.incoming.json(), '');
        return { status: 201, body: all(call).add(entry, call.world.clock.now()) };
      },
    }),
    accountEndpoint({
      method: 'GET',
      path: one,
      scope: readScope,
      handle: (call) => ({ status: 200, body: all(call).find(known(call, all(call))) }),
    }),
    accountEndpoint({
      method: 'PUT',
      path: one,
      scope: writeScope,
      handle: (call) => {
        const entry = shape(call.incoming.json(), '');
        return { status: 200, body: all(call).replace(known(call, all(call)), entry) };
      },
    }),
    accountEndpoint({
      method: 'DELETE',
      path: one,
      scope: writeScope,
      handle: (call) => {
        all(call).remove(known(call, all(call)));
        return { status: 204, body: undefined };
      },
    }),
  ];
}

function known({ incoming }: AccountCall, registrations: Registrations<object>): string {
  const id = incoming.param('registrationId');
  if (registrations.find(id)) return id;
  throw notFound(`registration ${JSON.stringify(id)} does not exist`);
}

/** Guide 000 §3 names one scope for events, `view:events`. */
export const subscriptionEndpoints: Endpoint[] = [
  ...endpointsOf({
    path: '/api/v2/events/subscriptions',
    shape: newSubscription,
    of: (store) => store.subscriptions,
    readScope: 'view:events',
    writeScope: 'view:events',
  }),
  ...endpointsOf({
    path: '/api/v2/messaging/webhooks',
    shape: newWebhook,
    of: (store) => store.webhooks,
    readScope: 'messaging:provider:read',
    writeScope: 'messaging:provider:write',
  }),
];
