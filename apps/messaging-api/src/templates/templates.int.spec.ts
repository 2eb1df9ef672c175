import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeEvent, TOPICS, type SendMessage } from '@heliograph/contracts';
import {
  followTopic,
  randomNumber,
  testKafkaBrokers,
  testRedisUrl,
  uniqueNamespace,
  waitFor,
  type Following,
  type ReadRecord,
} from '@heliograph/testing';
import { applyTemplates, orderConfirmation } from '../../test/applied-templates.ts';
import { startApi, type StartedApi } from '../../fixtures/started-api.ts';

const namespace = uniqueNamespace('api-templates');
let api: StartedApi;
let reader: Following;
const commands: ReadRecord[] = [];

const VARIABLES = { customer: 'Jana 👍', order: 'ORD-98765', delivery: '2026-11-01' };
const template = (over: object = {}) => ({
  name: 'order_confirmation',
  language: 'en_US',
  variables: VARIABLES,
  ...over,
});
const message = (over: object) => ({ channel: 'whatsapp', sender: 'support', to: randomNumber(), ...over });
const sms = orderConfirmation({
  name: 'order_sms',
  providerName: 'order_sms',
  channel: 'sms',
  category: undefined,
  variables: [{ name: 'order', type: 'text', max: 20, sample: 'ORD-1' }],
  languages: [{ language: 'en_US', body: { text: 'Your order {{order}} is here.', variables: ['order'] } }],
});

beforeAll(async () => {
  api = await startApi({ kafkaBrokers: testKafkaBrokers(), redisUrl: testRedisUrl(), namespace });
  reader = await followTopic({
    brokers: testKafkaBrokers(),
    topic: namespace + TOPICS.conversationCommand.name,
    group: `${namespace}reader`,
    onRecord: (record) => void commands.push(record),
  });
  const isReady = async () => (await fetch(`${api.service.address}/health/ready`)).ok;
  await waitFor(isReady, { description: 'the API is ready' });
  await applyTemplates(api, [orderConfirmation(), 'APPROVED'], [sms, 'PUBLISHED']);
}, 60_000);

afterAll(async () => {
  await reader.close();
  await api.service.stop();
});

async function accepted(body: object): Promise<{ json: Record<string, unknown>; command: SendMessage }> {
  const { status, text, json } = await api.post(body);
  expect({ status, text }).toMatchObject({ status: 202 });
  const found = () => commands.find(({ headers }) => headers.ce_id === json.messageId);
  await waitFor(found, { description: 'the command' });
  const { key, value, headers } = found()!;
  const decoded = decodeEvent(TOPICS.conversationCommand.name, { key: Buffer.from(key!), value, headers });
  if (!decoded.ok) throw new Error(JSON.stringify(decoded));
  return { json, command: decoded.event.data as SendMessage };
}
async function refusal(body: object): Promise<string[]> {
  const { status, json } = await api.post(body);
  expect(status).toBe(400);
  return (json.details as { field: string; reason: string }[]).map(({ field, reason }) => `${field} ${reason}`);
}

describe('a template by named variables (guide 001, section 3)', () => {
  it('is accepted as it was asked for: the definition of the moment of sending orders and sanitises the values', async () => {
    const { command, json } = await accepted(message({ template: template() }));
    expect(command.content).toEqual({ type: 'template', ...template() });
    expect(json).not.toHaveProperty('notices');
    const { command: typed } = await accepted(message({ content: { type: 'template', ...template() } }));
    expect(typed.content).toEqual({ type: 'template', ...template() });
  });

  it('is refused before anything is sent, naming what is missing, surplus, of the wrong type or too long', async () => {
    const variables = { custmer: 'Jana', order: 'x'.repeat(21), delivery: '01.11.2026' };
    const problems = [
      'template.variables.customer is missing: template "order_confirmation" wants a text',
      'template.variables.order has 21 characters; at most 20 are allowed',
      'template.variables.delivery must be a date, for example 2026-10-25',
      'template.variables.custmer is not a variable of template "order_confirmation" (its variables are customer, order, delivery): did you mean "customer"?',
    ];
    expect(await refusal(message({ template: template({ variables }) }))).toEqual(problems);
    expect(await refusal(message({ content: { type: 'template', ...template({ variables }) } }))).toEqual(
      problems.map((problem) => problem.replace('template.', 'content.')),
    );
  });

  it.each([
    [{ name: 'order_confirmaton' }, 'template.name is not one of your templates: did you mean "order_confirmation"?'],
    [
      { language: 'en-US' },
      'template.language is none of template "order_confirmation", which has en_US: did you mean "en_US"?',
    ],
    [{ name: 'order_sms' }, 'template.name is a template for sms, not for whatsapp'],
    [{ parameters: ['a'] }, 'template.parameters is given together with variables: a template takes one of them'],
    [{ variables: ['a'] }, 'template.variables variables must be an object'],
  ])('is refused with %j', async (over, problem) => {
    expect(await refusal(message({ template: template(over) }))).toEqual([problem]);
  });

  it('is refused where a content filter blocks a value, and masked where it masks', async () => {
    expect(
      await refusal(message({ template: template({ variables: { ...VARIABLES, customer: 'top secret' } }) })),
    ).toEqual(['template.variables.customer content-blocked: stopped by the content filter "secrets"']);
    const { command } = await accepted(
      message({ template: template({ variables: { ...VARIABLES, customer: 'darn' } }) }),
    );
    expect(command.content.variables).toMatchObject({ customer: '****' });
  });

  it('is of one account: other tenants do not have it', async () => {
    const { status, json } = await api.post(message({ template: template() }), { tenant: 'globex' });
    expect([status, json.message]).toEqual([
      400,
      expect.stringContaining('template.name is not one of your templates'),
    ]);
  });

  it('is judged in the same way where it is sent while the window is closed', async () => {
    const body = (windowTemplate: object) => message({ text: 'Hello', ifWindowClosed: 'template', windowTemplate });
    const { command } = await accepted(body(template()));
    expect(command.windowTemplate).toEqual(template());
    expect(await refusal(body(template({ variables: {} })))).toHaveLength(3);
    expect(await refusal(body(template({ variables: {} })))).toContainEqual(
      expect.stringMatching(/^windowTemplate\.variables\.customer is missing/),
    );
  });

  it('is another request with other values, and the same with the same', async () => {
    const key = crypto.randomUUID();
    const body = message({ template: template() });
    expect((await api.post(body, { key })).status).toBe(202);
    expect((await api.post(body, { key })).status).toBe(202);
    const other = { ...body, template: template({ variables: { ...VARIABLES, order: 'ORD-2' } }) };
    expect((await api.post(other, { key })).status).toBe(422);
  });
});

describe('a template that is not approved now', () => {
  const menu = (given: object = {}) =>
    orderConfirmation({
      name: 'menu',
      providerName: 'menu',
      variables: [],
      languages: [{ language: 'en_US', body: { text: 'How can we help?', variables: [] } }],
      ...given,
    });

  it('is accepted, for it may be when the message is sent, and the answer says so', async () => {
    await applyTemplates(api, [menu(), 'PENDING']);
    const { json } = await accepted(message({ template: { name: 'menu', language: 'en_US', variables: {} } }));
    expect(json.notices).toEqual([
      'template "menu" (en_US) is PENDING: the message fails unless that changes before it is sent',
    ]);
  });

  it('has its fallback told', async () => {
    const fallbacks = [{ template: 'order_sms', channel: 'sms' as const, sender: 'alerts' }];
    await applyTemplates(api, [
      { ...orderConfirmation(), name: 'withdrawn', providerName: 'withdrawn', fallbacks },
      'REJECTED',
      { rejectionReason: 'POLICY_VIOLATION' },
    ]);
    const { json } = await accepted(message({ template: template({ name: 'withdrawn' }) }));
    expect(json.notices).toEqual([
      'template "withdrawn" (en_US) is REJECTED: POLICY_VIOLATION: "order_sms" by sms is sent in its place for now',
    ]);
  });

  it('takes the values of any version that may come to be sent', async () => {
    const next = menu({
      name: 'next',
      providerName: 'next_v2',
      version: 2,
      variables: [{ name: 'customer', type: 'text', max: 20, sample: 'a' }],
      languages: [{ language: 'en_US', body: { text: 'Hi {{1}}, how can we help?', variables: ['customer'] } }],
    });
    await applyTemplates(api, [menu({ name: 'next', providerName: 'next' }), 'APPROVED'], [next, 'PENDING']);
    const with_ = (variables: object) => message({ template: { name: 'next', language: 'en_US', variables } });
    await accepted(with_({}));
    await accepted(with_({ customer: 'Jana' }));
    expect(await refusal(with_({ custmer: 'Jana' }))).toEqual([expect.stringContaining('(it has none)')]);
  });
});
