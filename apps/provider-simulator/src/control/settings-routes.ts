import { boolean, either, integer, list, map, object, oneOf, optional, text } from '../check/check.ts';
import { engagement, type AccountSettings } from '../settings/account-settings.ts';
import { limitChanges, type LimitSettings } from '../settings/limit-settings.ts';
import { reviewSettings } from '../settings/review-settings.ts';
import { webhookSettings } from '../settings/webhook-settings.ts';
import type { ControlCall, ControlRoute } from './control-call.ts';

const changeable = object({
  scopes: optional(list(text())),
  engagements: optional(list(engagement)),
  tokenLifetimeS: optional(integer({ min: 1, max: 172_800 })),
  latencyMs: optional(integer({ max: 600_000 })),
  windowMs: optional(integer({ min: 1 })),
  enforceWindow: optional(boolean()),
  limits: optional(limitChanges),
  review: optional(either(oneOf(null), reviewSettings)),
  dropUnapproved: optional(boolean()),
});

const clockChange = object({ offsetMs: integer({ min: -31_536_000_000, max: 31_536_000_000 }) });

/** Everything about an account that may change while it runs; answers show no secrets. */
export const settingsRoutes: ControlRoute[] = [
  { method: 'GET', path: '/accounts/:account/settings', handle: ({ account }) => shown(account.settings) },
  { method: 'PATCH', path: '/accounts/:account/settings', handle: changeSettings },
  { method: 'PUT', path: '/accounts/:account/webhooks', handle: changeWebhook },
  {
    method: 'POST',
    path: '/accounts/:account/tokens/expire',
    handle: ({ account, world }) => ({ expired: world.tokens.expire(account.id, world.clock.now()) }),
  },
  {
    method: 'PUT',
    path: '/clock',
    handle: ({ world, body }) => {
      world.clock.offsetMs = clockChange(body, '').offsetMs;
      return { offsetMs: world.clock.offsetMs };
    },
  },
];

function changeSettings({ account, body }: ControlCall): object {
  const { limits, ...rest } = changeable(body, '');
  Object.assign(account.settings, given(rest));
  if (limits) account.setLimits({ ...account.settings.limits, ...(given(limits) as Partial<LimitSettings>) });
  return shown(account.settings);
}

function given(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Changes the given fields only; `null` takes a field back to its default. */
function changeWebhook({ account, body }: ControlCall): object {
  const given = map((value: unknown) => value)(body, '');
  const merged: Record<string, unknown> = { ...account.settings.webhook, ...given };
  for (const [key, value] of Object.entries(given)) if (value === null) delete merged[key];
  account.settings.webhook = webhookSettings(merged, '');
  return shown(account.settings);
}

function shown(account: AccountSettings): object {
  const { client, secondaryClient: second, webhook, ...settings } = account;
  const { secret: _secret, ...shownWebhook } = webhook;
  const clients = { client: { id: client.id }, ...(second && { secondaryClient: { id: second.id } }) };
  return { ...settings, ...clients, webhook: shownWebhook };
}
