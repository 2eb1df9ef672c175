import { notFound } from '../exchange/refusal.ts';
import { faultShape } from '../faults/fault-set.ts';
import type { ControlRoute } from './control-call.ts';

/** Faults per account; the account `crm` is the CRM. */
export const faultRoutes: ControlRoute[] = [
  {
    method: 'GET',
    path: '/accounts/:account/faults',
    handle: ({ principal }) => ({ faults: principal.faults.list() }),
  },
  {
    method: 'POST',
    path: '/accounts/:account/faults',
    handle: ({ principal, body }) => principal.faults.add(faultShape(body, '')),
  },
  {
    method: 'DELETE',
    path: '/accounts/:account/faults',
    handle: ({ principal, world }) => {
      principal.faults.clear();
      // Requests may wait for it.
      world.waiters.changed();
      return { faults: [] };
    },
  },
  {
    method: 'DELETE',
    path: '/accounts/:account/faults/:fault',
    handle: ({ principal, incoming, world }) => {
      const id = incoming.param('fault');
      if (!principal.faults.remove(id)) throw notFound(`fault ${JSON.stringify(id)} does not exist`);
      world.waiters.changed();
      return { faults: principal.faults.list() };
    },
  },
];
