import { FieldError, object, optional, text } from '../check/check.ts';
import type { Answer, Call, Endpoint } from '../exchange/endpoint.ts';
import { notFound } from '../exchange/refusal.ts';
import { crmEndpoint } from './crm-endpoint.ts';
import { activityShape, contactShape, type Contact } from './crm-shapes.ts';
import { erasureShape, forEntry } from './erasures.ts';
import { doNotContactEndpoints } from './do-not-contact-endpoints.ts';
import type { CrmTable } from './crm-table.ts';

const PAGE = 1000;

/** Every list is in order of first arrival, at most 1,000 rows a page. */
export const crmEndpoints: Endpoint[] = [
  ...doNotContactEndpoints,
  crmEndpoint('PUT', '/crm/v1/erasures/:externalId', putErasure),
  crmEndpoint('PUT', '/crm/v1/contacts/:externalId', putContact),
  crmEndpoint('GET', '/crm/v1/contacts/:externalId', (call) => getContact(call)),
  crmEndpoint('GET', '/crm/v1/contacts', listContacts),
  crmEndpoint('PUT', '/crm/v1/activities/:externalId', putActivity),
  crmEndpoint('GET', '/crm/v1/activities/:externalId', (call) => get(call, call.world.crm.activities)),
  crmEndpoint('GET', '/crm/v1/activities', listActivities),
];

function putContact({ world, incoming }: Call): Answer {
  const fields = contactShape(incoming.json(), '');
  world.crm.erasures.refuse(forEntry(incoming.query, ''));
  const { row, created } = world.crm.contacts.put(incoming.param('externalId'), fields);
  return { status: created ? 201 : 200, body: row };
}

function putErasure({ world, incoming }: Call): Answer {
  return { status: 200, body: world.crm.erasures.put(erasureShape(incoming.json(), '')) };
}

function putActivity({ world, incoming }: Call): Answer {
  const fields = activityShape(incoming.json(), '');
  world.crm.erasures.refuse(fields);
  if (!world.crm.contacts.has(fields.contactId)) {
    throw notFound(`contactId: ${JSON.stringify(fields.contactId)} does not exist`);
  }
  const { row, created } = world.crm.activities.put(incoming.param('externalId'), fields);
  return { status: created ? 201 : 200, body: row };
}

function getContact(call: Call): Answer {
  const found = get(call, call.world.crm.contacts);
  return { ...found, body: marked(call, found.body as Contact) };
}

/** A contact whose subject is on the list is shown as such. */
function marked({ world }: Call, row: Contact): object {
  const mark = row.consentSubject === undefined ? undefined : world.crm.doNotContact.marks.find(row.consentSubject);
  return mark ? { ...row, doNotContact: mark.doNotContact, noMarketing: mark.noMarketing } : row;
}

function get({ incoming }: Call, table: CrmTable<object>): Answer {
  const row = table.find(incoming.param('externalId'));
  if (!row) throw notFound(`${JSON.stringify(incoming.param('externalId'))} does not exist`);
  return { status: 200, body: row };
}

const page = { offset: optional(text()), limit: optional(text()) };
const contactQuery = object({ ...page, address: optional(text()) });
const activityQuery = object({ ...page, contactId: optional(text()), conversationId: optional(text()) });

function listContacts(call: Call): Answer {
  const { world, incoming } = call;
  const { address, ...range } = contactQuery(incoming.query, '');
  const rows = world.crm.contacts.list((row) => address === undefined || row.address === address);
  return paged(
    rows.map((row) => marked(call, row)),
    range,
  );
}

function listActivities({ world, incoming }: Call): Answer {
  const { contactId, conversationId, ...range } = activityQuery(incoming.query, '');
  const rows = world.crm.activities.list(
    (row) =>
      (contactId === undefined || row.contactId === contactId) &&
      (conversationId === undefined || row.conversationId === conversationId),
  );
  return paged(rows, range);
}

function paged(rows: object[], range: { offset?: string | undefined; limit?: string | undefined }): Answer {
  const offset = wholeNumber(range.offset ?? '0', 'offset');
  const limit = Math.min(PAGE, wholeNumber(range.limit ?? String(PAGE), 'limit'));
  return { status: 200, body: { total: rows.length, entities: rows.slice(offset, offset + limit) } };
}

function wholeNumber(value: string, field: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new FieldError(field, 'must be a whole number');
  return Number(value);
}
