import { isText, valueAt } from '../field-reader.ts';
import type { RoutingKind, RoutingName, RoutingObject } from '../routing-look-ups.ts';
import type { Read } from './answers.ts';

/**
 * Assumed: no guide shows how queues, skills and users are read. These are the paths of Genesys Cloud's public API (guide 000
 * gives only their scopes, view:routing and view:user).
 */
export const ROUTING_PATHS: Readonly<Record<RoutingKind, string>> = {
  queue: '/api/v2/routing/queues',
  skill: '/api/v2/routing/skills',
  user: '/api/v2/users',
};

/** Assumed: skills and users have a `state`, which is `active` or absent for those that may be routed to. */
export function readRoutingObject(json: unknown, { kind, id }: RoutingName): Read<RoutingObject> {
  if (!isText(valueAt(json, 'id'))) return { ok: false, reason: 'the answer has no id' };
  const state = valueAt(json, 'state') ?? 'active';
  return { ok: true, value: { kind, id, active: state === 'active' } };
}
