import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { API_KEY, startSimulator, type Running } from '../testing/running.ts';

const contact = { address: '+15550001234', channel: 'whatsapp', tenant: 'acme', name: 'Customer' };
const activity = (sequence: number, contactId = 'c-1') => ({
  contactId,
  kind: 'message.received',
  at: '2026-03-04T09:15:30.250Z',
  sequence,
  conversationId: 'conversation-1',
  text: `message ${sequence}`,
});

let simulator: Running;
beforeAll(async () => {
  simulator = await startSimulator();
  await simulator.crm('PUT', '/contacts/c-1', contact);
});
afterAll(() => simulator.close());

describe('the CRM', () => {
  it('keeps one row per external id, however often it is put', async () => {
    const replies = await Promise.all([1, 2, 3].map(() => simulator.crm('PUT', '/activities/a-1', activity(1))));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
    const { body } = await simulator.crm('GET', '/activities/a-1');
    expect(body).toMatchObject({ externalId: 'a-1', ...activity(1), revision: 1, repeats: 2 });
  });

  it('replaces a row that has changed and leaves it in its place', async () => {
    await simulator.crm('PUT', '/contacts/c-2', contact);
    await simulator.crm('PUT', '/contacts/c-3', contact);
    await simulator.crm('PUT', '/contacts/c-2', { ...contact, doNotContact: true });
    const { body } = await simulator.crm('GET', '/contacts');
    const rows = body.entities.map((row: { externalId: string; revision: number }) => [row.externalId, row.revision]);
    expect(rows).toEqual([
      ['c-1', 1],
      ['c-2', 2],
      ['c-3', 1],
    ]);
  });

  it('lists the activities of a contact in order of arrival, page by page', async () => {
    await simulator.crm('PUT', '/contacts/c-9', contact);
    for (const sequence of [2, 1, 3])
      await simulator.crm('PUT', `/activities/z-${sequence}`, activity(sequence, 'c-9'));
    const { body } = await simulator.crm('GET', '/activities?contactId=c-9');
    expect(body.entities.map((row: { sequence: number }) => row.sequence)).toEqual([2, 1, 3]);
    const page = await simulator.crm('GET', '/activities?contactId=c-9&offset=1&limit=1');
    expect(page.body).toMatchObject({ total: 3, entities: [{ sequence: 1 }] });
  });

  it.each([
    ['contactId', { contactId: undefined }],
    ['kind', { kind: 7 }],
    ['at', { at: 'yesterday' }],
    ['sequence', { sequence: '1' }],
    ['direction', { direction: 'up' }],
    ['details.nested', { details: { nested: {} } }],
    ['extra', { extra: true }],
  ])('refuses an activity with 400 naming %s', async (field, change) => {
    const reply = await simulator.crm('PUT', '/activities/bad', { ...activity(1), ...change });
    expect(reply.status).toBe(400);
    expect(reply.body.message).toMatch(new RegExp(`^${field}: `));
    expect((await simulator.crm('GET', '/activities/bad')).status).toBe(404);
  });

  it('refuses an activity of a contact that does not exist with 404, and a wrong key with 401', async () => {
    expect((await simulator.crm('PUT', '/activities/a-7', activity(1, 'nobody'))).status).toBe(404);
    expect((await simulator.api('GET', '/crm/v1/contacts', undefined, 'wrong')).status).toBe(401);
    expect((await simulator.api('GET', '/crm/v1/contacts', undefined, '')).status).toBe(401);
  });

  it('has faults and evidence of its own', async () => {
    await simulator.fault({ kind: 'reset-after', count: 1, match: { method: 'PUT' } }, 'crm');
    await expect(simulator.crm('PUT', '/activities/a-8', activity(8))).rejects.toThrow();
    expect(await simulator.crm('PUT', '/activities/a-8', activity(8))).toMatchObject({
      status: 200,
      body: { repeats: 1 },
    });
    const records = await simulator.lines('/requests?account=crm&path=/crm/v1/activities/a-8');
    expect(records).toMatchObject([{ fault: 'reset-after', text: 'message 8' }, { status: 200 }]);
    expect(JSON.stringify(records)).not.toContain(API_KEY);
  });
});
