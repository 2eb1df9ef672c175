import { notFound } from '../exchange/refusal.ts';
import { markShape } from '../crm/do-not-contact.ts';
import type { ControlCall, ControlRoute } from './control-call.ts';

/** Plays a user of the CRM. */
export const crmRoutes: ControlRoute[] = [{ method: 'POST', path: '/crm/contacts/:externalId/mark', handle: mark }];

function mark(call: ControlCall): object {
  const id = call.incoming.param('externalId');
  const { crm, clock } = call.world;
  const row = crm.contacts.find(id);
  if (!row) throw notFound(`contact ${JSON.stringify(id)} does not exist`);
  const { doNotContact, by = 'ann' } = markShape(call.body, '');
  const { tenant = '', channel = '', address } = row;
  const at = new Date(clock.now()).toISOString();
  return crm.doNotContact.changed({ by, at, doNotContact, contact: { tenant, channel, address } });
}
