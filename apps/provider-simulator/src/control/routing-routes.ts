import { boolean, defaulting, integer, object, oneOf, optional, text } from '../check/check.ts';
import type { ControlCall, ControlRoute } from './control-call.ts';

const change = object({
  kind: oneOf('queue', 'skill', 'user'),
  id: text(),
  state: oneOf('active', 'inactive', 'removed', 'forbidden'),
  /** Whether the provider tells of it, as it does of queues and skills (guide 000, edge case 3). */
  tell: defaulting(boolean(), true),
});

const count = optional(integer({ min: 0, max: 1_000_000 }));
/** How often something is left undone from now on. */
const stuckShape = object({
  /** Agents that are added as accepted and stay pending (guide 000 §5, the trap). */
  pending: count,
  /** Conversations that stay queued although an agent has accepted. */
  queued: count,
  /** Conversations that stay active although everybody has wrapped up. */
  active: count,
});

/** Plays what changes behind a client's back: queues, skills and users, and states that are left as they are. */
export const routingRoutes: ControlRoute[] = [
  { method: 'PUT', path: '/accounts/:account/routing', handle: changeRouting },
  { method: 'GET', path: '/accounts/:account/stuck', handle: ({ account }) => ({ ...account.stuck }) },
  { method: 'PUT', path: '/accounts/:account/stuck', handle: leaveStuck },
];

function changeRouting({ account, body, world }: ControlCall): object {
  const { kind, id, state, tell } = change(body, '');
  account.routing.set(kind, id, state);
  if (tell && kind !== 'user') world.narrator.routingChanged(account, kind, id);
  return { kind, id, state };
}

function leaveStuck({ account, body }: ControlCall): object {
  const given = stuckShape(body, '');
  for (const kind of ['pending', 'queued', 'active'] as const) account.stuck[kind] = given[kind] ?? account.stuck[kind];
  return { ...account.stuck };
}
