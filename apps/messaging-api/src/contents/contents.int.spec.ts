import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeEvent, messageId, messagePartId, TOPICS, type SendMessage } from '@heliograph/contracts';
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
import { startApi, type Answer, type StartedApi } from '../../fixtures/started-api.ts';

const namespace = uniqueNamespace('api-contents');
let api: StartedApi;
let reader: Following;
/** In the order of each partition, so of each conversation. */
const commands: ReadRecord[] = [];

const whatsapp = (content: object) => ({ channel: 'whatsapp', sender: 'support', to: randomNumber(), ...content });
const sms = (content: object) => ({ channel: 'sms', sender: 'alerts', to: randomNumber(), ...content });
const on = (channel: string, content: object) => ({ channel, sender: 'team', to: crypto.randomUUID(), ...content });
const picture = { url: 'https://files.example.test/a.jpg' };
const menu = { title: 'Which?', choices: [1, 2, 3].map((n) => ({ label: `No. ${n}`, value: `v${n}` })) };

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
}, 60_000);

afterAll(async () => {
  await reader.close();
  await api.service.stop();
});

/** The commands of an answer as they are on the topic: valid by their contract, in order. */
async function commandsOf({ json }: Answer): Promise<SendMessage[]> {
  const ids = (json.parts as { messageId: string }[] | undefined)?.map((part) => part.messageId) ?? [json.messageId];
  const found = () => commands.filter(({ headers }) => ids.includes(headers.ce_id as string));
  await waitFor(() => found().length >= ids.length, { description: 'the commands' });
  return found().map(({ key, value, headers }) => {
    const decoded = decodeEvent(TOPICS.conversationCommand.name, { key: Buffer.from(key!), value, headers });
    if (!decoded.ok) throw new Error(JSON.stringify(decoded));
    return decoded.event.data as SendMessage;
  });
}
async function accepted(body: object, key?: string): Promise<{ answer: Answer; sent: SendMessage[] }> {
  const answer = await api.post(body, key === undefined ? {} : { key });
  expect({ status: answer.status, text: answer.text }).toMatchObject({ status: 202 });
  return { answer, sent: await commandsOf(answer) };
}
async function refusal(body: object): Promise<string[]> {
  const { status, json } = await api.post(body);
  expect(status).toBe(400);
  return (json.details as { field: string; reason: string }[]).map(({ field, reason }) => `${field} ${reason}`);
}

describe('a content', () => {
  it.each([
    ['image', whatsapp({ image: { ...picture, caption: 'a' } }), { type: 'image', ...picture, caption: 'a' }],
    ['quickReply', on('web', { quickReply: menu }), { type: 'quick-reply', ...menu }],
    [
      'location',
      on('open', { location: { latitude: 1.5, longitude: 2 } }),
      { type: 'location', latitude: 1.5, longitude: 2 },
    ],
    ['content', on('facebook', { content: { type: 'quick-reply', ...menu } }), { type: 'quick-reply', ...menu }],
    [
      'canned',
      whatsapp({ canned: { name: 'greeting', variables: { customer: 'Jana', agent: 'Kim' } } }),
      { type: 'text', text: 'Hello Jana, Jana! I am Kim.' },
    ],
  ])('given as %s is carried as it is', async (_, body, content) => {
    const { sent } = await accepted(body);
    expect(sent.map((command) => command.content)).toEqual([content]);
    expect(sent[0]).not.toHaveProperty('part');
  });

  it('that the channel cannot carry is refused with field, limit and reason (guide 003)', async () => {
    expect(await refusal(on('instagram', { text: 'x'.repeat(1001) }))).toEqual([
      'text has 1,001 characters; instagram allows 1,000 (guide 003, "Character Limits by Channel")',
    ]);
    expect(await refusal(sms({ image: picture }))).toEqual([
      'image image cannot be carried by sms, which carries text, template',
    ]);
    const four = { ...menu, choices: [...menu.choices, { label: 'No. 4', value: 'v4' }] };
    expect(await refusal(whatsapp({ quickReply: four }))).toEqual([
      expect.stringMatching(/^quickReply\.choices has 4 entries; whatsapp allows 3/),
    ]);
    expect(
      await refusal(
        whatsapp({
          attachments: [
            { type: 'image', ...picture },
            { type: 'file', url: 'https://x.test/a.zip' },
          ],
        }),
      ),
    ).toEqual([expect.stringMatching(/^attachments\.1\.mimeType is needed/)]);
  });

  it('of a wrong type is refused with the nearest right one named (guide 004, "Invalid content type")', async () => {
    const [reason] = await refusal(whatsapp({ content: { type: 'quickreply', ...menu } }));
    expect(reason).toMatch(/^content\.type must be one of .*: did you mean "quick-reply"\?$/);
  });

  it('on a channel without a sender is refused, naming the channels that have one', async () => {
    expect(await refusal(on('line', { text: 'a' }))).toEqual([
      'channel has no sender of yours (your channels: apple, facebook, instagram, open, sms, web, whatsapp, x)',
    ]);
    expect(await refusal({ ...on('facebook', { text: 'a' }), to: 'two words' })).toEqual([
      'to is not an id of facebook: up to 128 characters without blanks',
    ]);
  });

  it('that can be degraded is accepted as it was asked for: that is done when it is sent', async () => {
    const { sent } = await accepted(sms({ quickReply: menu, ifUnsupported: 'degrade' }));
    expect(sent[0]).toMatchObject({ content: { type: 'quick-reply', ...menu }, ifUnsupported: 'degrade' });
    const long = { ...menu, title: 'x'.repeat(800) };
    expect(await refusal(sms({ quickReply: long, ifUnsupported: 'degrade' }))).toEqual([
      expect.stringMatching(/^quickReply quick-reply as text takes 6 segments/),
    ]);
  });
});

describe('several messages of one request', () => {
  it('are the parts of a text, in order, one conversation, ids made of the first', async () => {
    const text = 'One sentence of many. '.repeat(100);
    const body = on('instagram', { text, ifUnsupported: 'split' });
    const { answer, sent } = await accepted(body, 'split-1');
    const first = messageId('acme', 'split-1');
    expect(sent.map(({ content }) => content.text).join('')).toBe(text);
    expect(sent.map((command) => command.messageId)).toEqual([1, 2, 3].map((index) => messagePartId(first, index)));
    expect(sent.map(({ part }) => part)).toEqual([1, 2, 3].map((index) => ({ of: first, index, count: 3 })));
    expect(new Set(sent.map(({ conversationId }) => conversationId))).toEqual(new Set([answer.json.conversationId]));
    expect(answer.json).toMatchObject({
      messageId: first,
      parts: sent.map(({ messageId: id }, index) => ({ messageId: id, index: index + 1, type: 'text' })),
    });
  });

  it('are found by their own ids from the 202 on', async () => {
    const { sent } = await accepted(on('instagram', { text: 'x'.repeat(1500), ifUnsupported: 'split' }));
    for (const { messageId: id, conversationId } of sent) {
      const { status, json } = await api.call('GET', `/v1/messages/${id}`);
      expect([status, json]).toEqual([
        200,
        expect.objectContaining({ messageId: id, conversationId, status: 'queued' }),
      ]);
    }
  });

  it('are the same again when the request is repeated', async () => {
    const body = on('instagram', { text: 'y'.repeat(2500), ifUnsupported: 'split' });
    const { answer } = await accepted(body, 'split-2');
    const again = await api.post(body, { key: 'split-2' });
    expect([again.status, again.json]).toEqual([202, answer.json]);
    await waitFor(async () => (await commandsOf(answer)).length >= 6, { description: 'both batches' });
    const all = await commandsOf(answer);
    expect(all.slice(3)).toEqual(all.slice(0, 3));
    const other = await api.post({ ...body, text: 'z'.repeat(2500) }, { key: 'split-2' });
    expect(other.status).toBe(422);
  });

  it('are the attachments, single messages in order (guide 003, "File Attachments by Channel")', async () => {
    const attachments = [1, 2, 3].map((n) => ({ type: 'image', url: `https://files.example.test/${n}.png` }));
    const { answer, sent } = await accepted(on('web', { attachments }));
    expect(sent.map(({ content }) => content)).toEqual(attachments);
    expect((answer.json.parts as { type: string }[]).map(({ type }) => type)).toEqual(['image', 'image', 'image']);
  });

  it('are a picture and its caption where the channel shows none', async () => {
    const { sent } = await accepted(
      on('facebook', { image: { ...picture, caption: 'Shoes' }, ifUnsupported: 'split' }),
    );
    expect(sent.map(({ content }) => content)).toEqual([
      { type: 'image', ...picture },
      { type: 'text', text: 'Shoes' },
    ]);
  });

  it('are at most 20', async () => {
    const text = (parts: number) => on('instagram', { text: 'x'.repeat(1000 * parts), ifUnsupported: 'split' });
    expect((await accepted(text(20))).sent).toHaveLength(20);
    expect(await refusal(text(21))).toEqual(['text would become 21 messages; at most 20 are allowed']);
  });
});

describe('policies', () => {
  it('of window and routing are carried in the command', async () => {
    const windowTemplate = { name: 'reply_waiting', language: 'en_US' };
    const routing = { queueId: 'q', priority: 3, skills: [{ id: 's', level: 2 }], attributes: { vip: true } };
    const body = whatsapp({ text: 'a', ifWindowClosed: 'template', windowTemplate, routing });
    const { sent } = await accepted(body);
    expect(sent[0]).toMatchObject({ ifWindowClosed: 'template', routing });
    expect(sent[0]!.windowTemplate).toEqual({ ...windowTemplate, parameters: [] });
    expect(sent[0]).not.toHaveProperty('expiresAt');
  });

  it('hold for as long as is said, else for 24 hours, the same in a repetition', async () => {
    const until = '2099-01-31T18:00:00.000Z';
    const said = await accepted(whatsapp({ text: 'a', ifWindowClosed: 'hold', expiresAt: until }));
    expect(said.sent[0]!.expiresAt).toBe(until);
    const body = whatsapp({ text: 'a', ifWindowClosed: 'hold' });
    const { answer } = await accepted(body, 'held');
    await api.post(body, { key: 'held' });
    await waitFor(async () => (await commandsOf(answer)).length >= 2, { description: 'both commands' });
    const [first, again] = await commandsOf(answer);
    expect(Date.parse(first!.expiresAt!) - Date.parse(first!.acceptedAt)).toBe(24 * 60 * 60 * 1000);
    expect(again).toEqual(first);
  });
});

describe('content filters at acceptance (guide 003, "Agent Behavior")', () => {
  it('refuse what is blocked, naming the filter and not what it found', async () => {
    const { status, json, text } = await api.post(whatsapp({ text: 'the Top-Secret pin 1234' }));
    expect([status, json.message]).toEqual([400, 'text content-blocked: stopped by the content filter "secrets"']);
    expect(text).not.toMatch(/top.secret|pin|1234/i);
  });

  it.each([
    ['template.parameters.0', { template: { name: 'a', language: 'en', parameters: ['pin 1234'] } }],
    ['image.caption', { image: { ...picture, caption: 'pin 1234' } }],
    ['quickReply.choices.0.label', { quickReply: { title: 'a', choices: [{ label: 'pin 1234', value: 'a' }] } }],
    ['canned.text', { canned: { name: 'greeting', variables: { customer: 'top', agent: 'a top secret' } } }],
    ['text', { text: `${'x '.repeat(1999)}top secret`, ifUnsupported: 'split' }],
    [
      'windowTemplate.parameters.0',
      { text: 'a', ifWindowClosed: 'hold', windowTemplate: { name: 'a', language: 'en', parameters: ['pin 1234'] } },
    ],
  ])('look into %s', async (field, content) => {
    expect(await refusal(whatsapp(content))).toEqual([
      `${field} content-blocked: stopped by the content filter "secrets"`,
    ]);
  });

  it('mask, and tell what they flagged', async () => {
    const { answer, sent } = await accepted(whatsapp({ text: 'Darn, Globex is cheaper' }));
    expect(sent[0]!.content.text).toBe('****, Globex is cheaper');
    expect(answer.json.flagged).toEqual(['rivals']);
  });

  it('are of one tenant', async () => {
    const { status } = await api.post(whatsapp({ text: 'top secret' }), { tenant: 'globex' });
    expect(status).toBe(202);
  });
});

describe('canned responses', () => {
  it('are listed for the tenant of the key', async () => {
    const { json } = await api.call('GET', '/v1/canned-responses');
    expect(json.responses).toEqual([
      { name: 'bye', text: 'Goodbye.', variables: [] },
      {
        name: 'greeting',
        text: 'Hello {{customer}}, {{customer}}! I am {{agent}}.',
        variables: ['customer', 'agent'],
      },
    ]);
    const theirs = await api.call('GET', '/v1/canned-responses', undefined, { tenant: 'globex' });
    expect(theirs.json.responses).toHaveLength(1);
  });

  it('are refused with the variables that are missing or surplus by name', async () => {
    expect(await refusal(whatsapp({ canned: { name: 'greeting', variables: { customer: 'a', agnet: 'b' } } }))).toEqual(
      [
        'canned.variables.agent is missing',
        'canned.variables.agnet is not a variable of this response: its variables are customer, agent',
      ],
    );
    expect(await refusal(whatsapp({ canned: { name: 'greting' } }))).toEqual([
      'canned.name is not one of your canned responses (known: bye, greeting): did you mean "greeting"?',
    ]);
    expect(await refusal(whatsapp({ canned: { name: 1, variables: [], other: 2 } }))).toHaveLength(3);
  });
});
