import { object, optional, text } from '../check/check.ts';
import type { Answer, Call, Endpoint } from '../exchange/endpoint.ts';
import { notFound } from '../exchange/refusal.ts';
import { crmEndpoint } from './crm-endpoint.ts';
import { acknowledgedShape, doNotContactShape } from './do-not-contact.ts';

export const doNotContactEndpoints: Endpoint[] = [
  crmEndpoint('PUT', '/crm/v1/do-not-contact/:subject', put),
  crmEndpoint('GET', '/crm/v1/do-not-contact/:subject', get),
  crmEndpoint('GET', '/crm/v1/contact-changes', waiting),
  crmEndpoint('PUT', '/crm/v1/contact-changes/acknowledged', acknowledge),
];

function put({ world, incoming }: Call): Answer {
  const { row, created } = world.crm.doNotContact.put(
    incoming.param('subject'),
    doNotContactShape(incoming.json(), ''),
  );
  return { status: created ? 201 : 200, body: row };
}

function get({ world, incoming }: Call): Answer {
  const row = world.crm.doNotContact.marks.find(incoming.param('subject'));
  if (!row) throw notFound(`${JSON.stringify(incoming.param('subject'))} does not exist`);
  return { status: 200, body: row };
}

function waiting({ world, incoming }: Call): Answer {
  const { limit = '500' } = object({ limit: optional(text({ pattern: /^\d{1,4}$/, like: '500' })) })(
    incoming.query,
    '',
  );
  return { status: 200, body: { entities: world.crm.doNotContact.waiting(Number(limit)) } };
}

function acknowledge({ world, incoming }: Call): Answer {
  const { change } = acknowledgedShape(incoming.json(), '');
  world.crm.doNotContact.acknowledge(change);
  return { status: 200, body: { change } };
}
