import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { edited, wrong, type Change } from '../testing/edited.ts';
import { conversationBody, credentials, startSimulator, templateMessage, textMessage } from '../testing/running.ts';
import type { Running } from '../testing/running.ts';

const CONVERSATIONS = '/api/v2/conversations/messaging';
const TEMPLATES = '/api/v2/messaging/providers/provider-whatsapp/templates';

const party = conversationBody().from;
const parameter = { type: 'text', text: 'x' };
const component = { type: 'body', parameters: [parameter] };

const conversationChanges: Change[] = [
  ...wrong('to'),
  ...wrong('to', [], [party, party], party),
  ...wrong('to[0].id', '+15550001234', 'sms:+15550001234', 7),
  ...wrong('to[0].type', 'Person'),
  ...wrong('to[0].address'),
  ...wrong('to[0].address', '+15550001235'),
  ...wrong('to[0].name', 'x'),
  ...wrong('from', [party]),
  ...wrong('from.address', 15550009876),
  ...wrong('routing_data'),
  ...wrong('routing_data.queue_id'),
  ...wrong('routing_data.queueId', 'x'),
  ...wrong('routing_data.priority', '1', 1.5, -1),
  ...wrong('routing_data.routing_type', 'agent'),
  ...wrong('routing_data.skills[0].level'),
  ...wrong('routing_data.attributes'),
  ...wrong('routing_data.attributes.source', {}),
  ...wrong('routing_data.attributes.compliance_opt_in'),
  ...wrong('routing_data.attributes.compliance_opt_in', 'true', false),
  ...wrong('metadata', null),
  ...wrong('extra', 1),
];

const textChanges: Change[] = [
  ...wrong('to'),
  ...wrong('to.id', 'whatsapp:+15550001235', 'whatsapp:15550001234'),
  ...wrong('to.type'),
  ...wrong('to.address', '+15550001234'),
  ...wrong('text'),
  ...wrong('text', 'Hello'),
  ...wrong('text.content', '', 'x'.repeat(4097)),
  ...wrong('text.type', 'html'),
  ...wrong('template', templateMessage().template),
  ...wrong('textBody', 'Hello'),
];

const templateChanges: Change[] = [
  ...wrong('template.name'),
  ...wrong('template.language', 'en'),
  ...wrong('template.language.code', 1),
  ...wrong('template.language.policy', 'deterministic'),
  ...wrong('template.components'),
  ...wrong('template.components', [], [component, component]),
  ...wrong('template.components[0].type', 'BODY', 'header'),
  ...wrong('template.components[0].parameters[0].type', 'date'),
  ...wrong('template.components[0].parameters[0].text', 'x'.repeat(1025)),
  ['template.components', 'template.components[0].parameters', [parameter, parameter]],
  ...wrong('template.parameters', []),
];

const participant = () => ({
  id: 'agent-user-id-12345',
  type: 'user',
  role: 'agent',
  status: 'accepted',
  routing_data: { wrap_up_code: null, wrap_up_code_required: false },
});
const participantChanges: Change[] = [
  ...wrong('id'),
  ...wrong('type', 'person'),
  ...wrong('role', 'customer'),
  ...wrong('status', 'connected'),
  ...wrong('routing_data.wrap_up_code'),
  ...wrong('routing_data.wrap_up_code_required', 'no'),
  ...wrong('name', 'x'),
];

const footer = { type: 'FOOTER', text: 'Reply STOP to opt-out.' };
const template = () => ({
  name: 'order_confirmation_v2',
  language: 'en_US',
  category: 'UTILITY',
  components: [
    {
      type: 'HEADER',
      format: 'TEXT',
      text: 'Order #{{1}}',
      parameters: [{ type: 'TEXT', text: { default: 'ORD-0' } }],
    },
    { type: 'BODY', text: 'Arrives {{1}}.', parameters: [{ type: 'DATE', date: { default: '2023-10-25' } }] },
    footer,
  ],
});
const templateDefinitionChanges: Change[] = [
  ...wrong('name', 'Order-Confirmation'),
  ...wrong('language', 'english'),
  ...wrong('category', 'utility'),
  ...wrong('status', 'APPROVED'),
  ...wrong('components', [footer]),
  ...wrong('components[1].type', 'HEADLINE'),
  ['components[2].type', 'components[1]', footer],
  ...wrong('components[0].format'),
  ...wrong('components[1].parameters', []),
  ...wrong('components[1].parameters[0].date.default', 'soon'),
  ...wrong('components[1].parameters[0].type', 'MONEY'),
];

let simulator: Running;
let conversationId: string;

beforeAll(async () => {
  simulator = await startSimulator();
  conversationId = await simulator.customerWrites();
});
afterAll(() => simulator.close());

const tables: [string, () => string, () => object, Change[]][] = [
  ['opening a conversation', () => CONVERSATIONS, conversationBody, conversationChanges],
  ['sending a text', () => `${CONVERSATIONS}/${conversationId}/messages`, () => textMessage(), textChanges],
  ['sending a template', () => `${CONVERSATIONS}/${conversationId}/messages`, () => templateMessage(), templateChanges],
  ['adding a participant', () => `${CONVERSATIONS}/${conversationId}/participants`, participant, participantChanges],
  ['creating a template', () => TEMPLATES, template, templateDefinitionChanges],
];

describe.each(tables)('%s', (_name, path, valid, changes) => {
  it('is accepted as the guide shows it', async () => {
    expect((await simulator.api('POST', path(), valid())).status).toBe(201);
  });

  it.each(changes)('is refused with 400 naming %s when %s is %j', async (named, changed, value) => {
    const { status, body } = await simulator.api('POST', path(), edited(valid(), changed, value));
    expect(status).toBe(400);
    expect(body).toMatchObject({ message: expect.stringContaining(`${named}: `), code: 'bad.request', status: 400 });
    expect(body.message.split(': ')[0]).toBe(named);
  });
});

describe('a body that cannot be read', () => {
  const bodies: [string, string | Buffer, number][] = [
    ['truncated JSON', '{"to": [', 400],
    ['no body', '', 400],
    ['a list', '[]', 400],
    ['text that is not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 400],
    ['deep nesting', '['.repeat(100_000), 400],
    ['a field called __proto__', '{"__proto__": {"to": []}}', 400],
    ['more than 1 MiB', `"${'x'.repeat(1_048_576)}"`, 413],
  ];

  it.each(bodies)('is refused: %s', async (_name, body, status) => {
    const headers = { authorization: `Bearer ${simulator.token}`, 'content-type': 'application/json' };
    const reply = await simulator.raw('POST', CONVERSATIONS, body, headers);
    expect(reply.status).toBe(status);
    expect(reply.body.message).toEqual(expect.any(String));
  });

  it('is refused with 415 when it is not declared as JSON', async () => {
    const headers = { authorization: `Bearer ${simulator.token}`, 'content-type': 'text/plain' };
    const reply = await simulator.raw('POST', CONVERSATIONS, JSON.stringify(conversationBody()), headers);
    expect(reply).toMatchObject({ status: 415, body: { message: 'content-type: must be application/json' } });
  });
});

describe('the token request', () => {
  const changes: [string, Record<string, string>][] = [
    ['grant_type', { grant_type: 'password' }],
    ['client_id', { client_id: '' }],
    ['audience', { audience: 'x' }],
    ['__proto__', { ['__proto__']: 'x' }],
    ['scope', { scope: 'admin:all' }],
  ];

  it.each(changes)('is refused with 400 naming %s', async (field, change) => {
    const fields = Object.fromEntries([...Object.entries(credentials()), ...Object.entries(change)]);
    const reply = await simulator.form(fields);
    expect(reply.status).toBe(400);
    expect(reply.body.message).toMatch(new RegExp(`^${field}: `));
  });

  it('is refused with 400 when a field is given twice, and with 415 as JSON', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const twice = await simulator.raw('POST', '/api/v2/oauth2/token', 'client_id=a&client_id=b', headers);
    expect(twice).toMatchObject({ status: 400, body: { message: 'client_id: is given twice' } });
    expect((await simulator.api('POST', '/api/v2/oauth2/token', credentials())).status).toBe(415);
  });
});
