import { map } from '../check/check.ts';
import { notFound } from '../exchange/refusal.ts';
import { newSubscription, newWebhook } from '../subscriptions/subscription-shapes.ts';
import type { ControlCall, ControlRoute } from './control-call.ts';

/** Looks at what is registered, and plays the administrator who changes it by hand. */
export const registrationRoutes: ControlRoute[] = [
  { method: 'GET', path: '/accounts/:account/registrations', handle: look },
  {
    method: 'POST',
    path: '/accounts/:account/registrations/subscriptions',
    handle: ({ account, world, body }) =>
      account.subscriptions.subscriptions.add(newSubscription(body, ''), world.clock.now()),
  },
  {
    method: 'POST',
    path: '/accounts/:account/registrations/webhooks',
    handle: ({ account, world, body }) => account.subscriptions.webhooks.add(newWebhook(body, ''), world.clock.now()),
  },
  { method: 'PATCH', path: '/accounts/:account/registrations/:registrationId', handle: change },
  { method: 'DELETE', path: '/accounts/:account/registrations/:registrationId', handle: remove },
];

function look({ account }: ControlCall): object {
  const { subscriptions, webhooks } = account.subscriptions;
  return { subscriptions: subscriptions.list(), webhooks: webhooks.list() };
}

/** Changes the given fields only. */
function change({ account, incoming, body }: ControlCall): object {
  const { subscriptions, webhooks } = account.subscriptions;
  const id = incoming.param('registrationId');
  const given = map((value: unknown) => value)(body, '');
  const subscription = subscriptions.find(id);
  if (subscription) return subscriptions.replace(id, newSubscription({ ...bare(subscription), ...given }, ''));
  const webhook = webhooks.find(id);
  if (webhook) return webhooks.replace(id, newWebhook({ ...bare(webhook), ...given }, ''));
  throw unknown(id);
}

/** What a caller would have given. */
function bare({ id: _id, created_at: _at, ...entry }: { id: string; created_at: string }): object {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined));
}

function remove({ account, incoming }: ControlCall): object {
  const { subscriptions, webhooks } = account.subscriptions;
  const id = incoming.param('registrationId');
  if (!subscriptions.remove(id) && !webhooks.remove(id)) throw unknown(id);
  return { removed: id };
}

const unknown = (id: string) => notFound(`registration ${JSON.stringify(id)} does not exist`);
