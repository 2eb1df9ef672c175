import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { json, ready, soon, type Answer } from '../../test/provider-stand-in.ts';
import type { ProviderClient } from '../provider-client.ts';

const payload = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`./payloads/${name}.json`, import.meta.url), 'utf8'));

const PARTICIPANTS = '/api/v2/conversations/messaging/conv%2F1/participants';
const conversation = { providerConversationId: 'conv/1' };

describe('participants (guide 000, section 5)', () => {
  it('an agent is added as accepted with exactly the body of the guide, or left pending', async () => {
    const { client, calls } = await ready(json(201, { id: 'agent-user-id-12345', status: 'accepted' }));
    const request = { ...conversation, agentId: 'agent-user-id-12345', accepted: true };
    const result = await client.addParticipant(request, soon());
    await client.addParticipant({ ...request, accepted: false }, soon());
    expect(result).toEqual({ outcome: 'ok', value: { participantId: 'agent-user-id-12345', state: 'accepted' } });
    expect(calls.map(({ method, path }) => `${method} ${path}`)).toEqual(Array(2).fill(`POST ${PARTICIPANTS}`));
    const [first, second] = calls.map(({ body }) => JSON.parse(body) as object);
    expect(first).toEqual(payload('request-add-participant'));
    expect(second).toEqual({ ...first, status: 'pending' });
  });

  it.each([
    ['pending', { state: 'pending' }],
    ['on_break', { state: 'other' }],
    [undefined, {}],
  ])('an agent who was added is as the answer says: %s', async (status, state) => {
    const { client } = await ready(json(201, { id: 'agent-1', status }));
    const result = await client.addParticipant({ ...conversation, agentId: 'agent-1', accepted: true }, soon());
    expect(result).toEqual({ outcome: 'ok', value: { participantId: 'agent-1', ...state } });
  });

  it('an agent is wrapped up with exactly the body of the guide, at an id that is one segment of the path', async () => {
    const { client, calls } = await ready(json(200, { id: 'agent/1' }));
    const result = await client.wrapUpParticipant(
      { ...conversation, participantId: 'agent/1', code: 'resolved' },
      soon(),
    );
    expect(result).toEqual({ outcome: 'ok', value: { participantId: 'agent/1' } });
    expect(calls[0]).toMatchObject({ method: 'PUT', path: `${PARTICIPANTS}/agent%2F1/wrapup` });
    expect(JSON.parse(calls[0]!.body)).toEqual(payload('request-wrap-up'));
  });
});

describe('the state of participants (guide 000, edge case 3)', () => {
  it('is read with one request: every agent with its state, nobody else', async () => {
    const { client, calls } = await ready(json(200, payload('answer-participants')));
    expect(await client.listParticipants(conversation, soon())).toEqual({
      outcome: 'ok',
      value: ['pending', 'accepted', 'wrapped-up', 'other'].map((state, index) => {
        const id = `agent-${index + 1}`;
        return { participantId: id, agentId: id, state };
      }),
    });
    expect(calls.map(({ method, path }) => `${method} ${path}`)).toEqual([`GET ${PARTICIPANTS}`]);
  });

  it.each([
    ['is no list', {}, 'the answer has no list of entities'],
    ['has an agent without id', { entities: [{ role: 'agent', status: 'pending' }] }, 'entities[0].id is missing'],
  ])('that %s is not known', async (_case, body, reason) => {
    const { client } = await ready(json(200, body));
    expect(await client.listParticipants(conversation, soon())).toMatchObject({
      outcome: 'unknown',
      reason: expect.stringContaining(reason),
    });
  });
});

describe('queues, skills and users (guide 000, edge case 3; paths assumed)', () => {
  it.each([
    ['queue', '/api/v2/routing/queues/a%20b', { id: 'a b', name: 'Support' }, true],
    ['skill', '/api/v2/routing/skills/a%20b', { id: 'a b', state: 'active' }, true],
    ['user', '/api/v2/users/a%20b', { id: 'a b', state: 'inactive' }, false],
  ] as const)('a %s is looked up with one request', async (kind, path, body, active) => {
    const { client, calls } = await ready(json(200, body));
    expect(await client.lookUpRouting({ kind, id: 'a b' }, soon())).toEqual({
      outcome: 'ok',
      value: { kind, id: 'a b', active },
    });
    expect(calls.map((call) => `${call.method} ${call.path}`)).toEqual([`GET ${path}`]);
  });
});

describe('a refusal of any of these calls keeps the text of the provider (guides 000 and 004)', () => {
  const calls: [string, (client: ProviderClient) => Promise<unknown>][] = [
    ['adding', (client) => client.addParticipant({ ...conversation, agentId: 'a', accepted: true }, soon())],
    ['listing', (client) => client.listParticipants(conversation, soon())],
    ['wrapping up', (client) => client.wrapUpParticipant({ ...conversation, participantId: 'a', code: 'c' }, soon())],
    ['looking up', (client) => client.lookUpRouting({ kind: 'queue', id: 'a' }, soon())],
  ];
  const answers: [number, string, object][] = [
    [400, 'wrong', { outcome: 'refused', code: 'invalid-request' }],
    [400, 'conversation.closed', { outcome: 'refused', code: 'conversation-closed' }],
    [401, 'token.expired', { outcome: 'not-sent', code: 'unauthorized' }],
    [403, 'not.authorized', { outcome: 'refused', code: 'forbidden' }],
    [404, 'not.found', { outcome: 'refused', code: 'not-found' }],
    [500, 'broken', { outcome: 'unknown' }],
  ];
  it.each(calls)('%s', async (_name, call) => {
    for (const [status, code, expected] of answers) {
      const answer: Answer = json(status, { message: 'said so', code, status });
      const { client } = await ready(answer);
      expect(await call(client)).toMatchObject({ ...expected, reason: `status ${status}, ${code}: said so` });
    }
  });
});
