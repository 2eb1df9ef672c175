import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { conversationBody, startSimulator, type Running } from '../testing/running.ts';
import { Receiver } from '../testing/receiver.ts';

const CONVERSATIONS = '/api/v2/conversations/messaging';
const agent = (status = 'accepted') => ({
  id: 'agent-1',
  type: 'user',
  role: 'agent',
  status,
  routing_data: { wrap_up_code: null, wrap_up_code_required: false },
});
const wrapUp = { wrap_up_code: 'resolved', wrap_up_code_required: true };

let simulator: Running;
beforeEach(async () => {
  simulator = await startSimulator();
});
afterEach(() => simulator.close());

const set = (kind: string, id: string, state: string, more: object = {}) =>
  simulator.control('PUT', '/accounts/acme/routing', { kind, id, state, ...more });
const stuck = (left: object) => simulator.control('PUT', '/accounts/acme/stuck', left);
const statusOf = async (id: string) => (await simulator.control('GET', `/accounts/acme/conversations/${id}`)).status;
const open = async () => (await simulator.api('POST', CONVERSATIONS, conversationBody())).body.id;
const add = (id: string, status?: string) =>
  simulator.api('POST', `${CONVERSATIONS}/${id}/participants`, agent(status));

describe('queues, skills and users', () => {
  it.each([
    ['queue', '/api/v2/routing/queues/', 'queue-support', 'view:routing'],
    ['skill', '/api/v2/routing/skills/', 'any-skill', 'view:routing'],
    ['user', '/api/v2/users/', 'any-user', 'view:user'],
  ])(
    'a %s is shown to a token with its scope, and is removed or forbidden when a test says so',
    async (kind, path, id, scope) => {
      expect(await simulator.api('GET', path + id)).toMatchObject({ status: 200, body: { id } });
      await set(kind, id, 'removed');
      expect(await simulator.api('GET', path + id)).toMatchObject({ status: 404, body: { code: 'not.found' } });
      await set(kind, id, 'forbidden');
      expect(await simulator.api('GET', path + id)).toMatchObject({ status: 403, body: { code: 'not.authorized' } });
      await simulator.control('PATCH', '/accounts/acme/settings', { scopes: ['edit:conversation'] });
      await simulator.logIn();
      const { status, body } = await simulator.api('GET', path + id);
      expect([status, body.message]).toEqual([403, `scope: ${scope} is required`]);
    },
  );

  it('that are not there, or not to be used, refuse an opening and an agent by the name of the field', async () => {
    const conversation = await open();
    const opening = async () => {
      const { status, body } = await simulator.api('POST', CONVERSATIONS, conversationBody());
      return `${status} ${body.message}`;
    };
    await set('skill', 'skill-whatsapp-support', 'removed');
    expect(await opening()).toBe('404 routing_data.skills[0].id: "skill-whatsapp-support" does not exist');
    await set('queue', 'queue-support', 'forbidden');
    expect(await opening()).toBe('403 routing_data.queue_id: queue "queue-support"');
    await set('user', 'agent-1', 'removed');
    expect((await add(conversation)).status).toBe(404);
    await set('user', 'agent-1', 'active');
    expect((await add(conversation)).status).toBe(201);
  });

  it('are told when a queue or a skill changes, signed like every event, and not of a user', async () => {
    const receiver = await Receiver.start();
    await simulator.control('PUT', '/accounts/acme/webhooks', { url: receiver.url });
    await set('queue', 'queue-support', 'removed');
    await set('user', 'agent-1', 'removed');
    await set('skill', 'quiet', 'removed', { tell: false });
    await set('skill', 'skill-1', 'inactive');
    const told = await receiver.until(2);
    expect(told.map(({ event }) => event)).toMatchObject([
      { type: 'routing:queue:update', queue: { id: 'queue-support' } },
      { type: 'routing:skill:update', skill: { id: 'skill-1' } },
    ]);
    await receiver.close();
  });
});

describe('states that are left as they are (guide 000, section 5, the trap)', () => {
  it('an agent who was added as accepted stays pending, so many times; asked again, accepts', async () => {
    const conversation = await open();
    await stuck({ pending: 1 });
    expect((await add(conversation)).body.status).toBe('pending');
    expect(await statusOf(conversation)).toBe('queued');
    expect((await add(conversation)).body.status).toBe('accepted');
    expect(await statusOf(conversation)).toBe('active');
  });

  it('a conversation stays queued with an agent, or active with everybody wrapped up', async () => {
    await stuck({ queued: 1, active: 1 });
    const [queued, active] = [await open(), await open()];
    await add(queued);
    expect(await statusOf(queued)).toBe('queued');
    await add(active);
    const done = await simulator.api('PUT', `${CONVERSATIONS}/${active}/participants/agent-1/wrapup`, wrapUp);
    expect([done.status, await statusOf(active)]).toEqual([200, 'active']);
    expect(await stuck({})).toEqual({ pending: 0, queued: 0, active: 0 });
  });
});
