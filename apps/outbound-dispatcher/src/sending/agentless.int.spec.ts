import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mappingKey, TOPICS, type CloudEvent, type SendMessage } from '@heliograph/contracts';
import { followTopic, type FollowedTopic } from '@heliograph/kafka';
import { sendMessage, parties, waitFor } from '@heliograph/testing';
import {
  DispatcherBench,
  emailCommand,
  next,
  notifyCommand,
  poolCommand,
  smsCommand,
  whatsappCommand,
} from '../../test/dispatcher-bench.ts';
import { definitionOf, emailOf, named, smsOf, TemplateFiles } from '../../test/template-files.ts';

let bench: DispatcherBench;
let files: TemplateFiles;
let mappings: FollowedTopic;
const mapped: CloudEvent[] = [];
beforeAll(async () => {
  bench = await DispatcherBench.open({ requestTimeoutMs: 500 });
  files = new TemplateFiles(bench);
  mappings = followTopic(bench.kafka, TOPICS.conversationMapping, { visit: ({ event }) => mapped.push(event) });
}, 60_000);
afterAll(async () => {
  await mappings.close();
  await bench.close();
});

async function factOf(command: SendMessage): Promise<Record<string, unknown>> {
  await bench.publish(command);
  return bench.outcome(command);
}

async function smsAccount(over: Partial<SendMessage> = {}) {
  const { account, at } = bench.nextAccount();
  const definition = smsOf(account, 'order_sms');
  await files.apply(definition);
  return {
    account,
    at,
    definition,
    command: smsCommand(account, { content: named('order_sms', { order: 'A-1' }), ...over }),
  };
}

describe('a template by SMS (guide 002, section 3)', () => {
  it('is one request, by the provider id and with values by name; its conversation is ours for good', async () => {
    const { account, at, command } = await smsAccount();
    const fact = await factOf(command);
    expect(at.arrivals.map(({ kind, body }) => [kind, body])).toEqual([
      [
        'notification',
        {
          conversationType: 'sms',
          addresses: [{ channelType: 'SMS', address: command.contact }],
          templateId: 'tpl-order_sms',
          body: { order: 'A-1' },
        },
      ],
    ]);
    const providerConversationId = fact.providerConversationId as string;
    expect(fact).toMatchObject({ type: 'message.sent', agentless: true, possiblyRepeated: false });
    const key = mappingKey('acme', account, providerConversationId);
    const mapping = await waitFor(() => mapped.find(({ partitionKey }) => partitionKey === key), {
      description: 'the conversation is mapped',
    });
    expect(mapping.data).toMatchObject({ conversationId: command.conversationId, providerConversationId });
  }, 60_000);

  it('that is not PUBLISHED any more is not sent (edge case 3)', async () => {
    const { at, definition, command } = await smsAccount();
    await files.becomes(definition, 'DRAFT');
    expect(await factOf(command)).toMatchObject({ type: 'message.failed', code: 'template-not-approved' });
    expect(at.arrivals).toEqual([]);
  }, 60_000);

  it('leaves no conversation behind for what comes next: texts go into the one that agents work on', async () => {
    const { at, command } = await smsAccount();
    await factOf(command);
    expect(await factOf(next(command))).toMatchObject({ type: 'message.sent' });
    expect([at.notifications.length, at.opened.length, at.messages.length]).toEqual([1, 1, 1]);
  }, 60_000);

  it.each([
    ['transactional', 2, { type: 'message.sent', possiblyRepeated: true }],
    ['campaign', 1, { type: 'message.unresolved' }],
  ] as const)(
    'of unknown outcome goes by the policy of its class: %s, %s attempts',
    async (kind, attempts, outcome) => {
      const { at, command } = await smsAccount({ class: kind });
      let sends = 0;
      at.answer = () => (sends++ === 0 ? 'hang' : undefined);
      expect(await factOf(command)).toMatchObject(outcome);
      expect(at.notifications).toHaveLength(attempts);
    },
    60_000,
  );
});

describe('by e-mail (guide 002, section 3)', () => {
  const mailOf = (command: SendMessage, body: object) => ({
    conversationType: 'email',
    addresses: [{ channelType: 'EMAIL', address: command.contact }],
    ...body,
  });

  it('a template is one request with the type EMAIL, by the provider id and with values by name; its conversation is ours for good', async () => {
    const { account, at } = bench.nextAccount();
    await files.apply(emailOf(account, 'order_mail'));
    const command = emailCommand(account, { content: named('order_mail', { order: 'A-1' }), class: 'campaign' });
    const fact = await factOf(command);
    expect(fact).toMatchObject({ type: 'message.sent', agentless: true });
    const body = mailOf(command, { templateId: 'tpl-order_mail', body: { order: 'A-1' } });
    expect(at.arrivals.map((arrival) => [arrival.kind, arrival.body])).toEqual([['notification', body]]);
    const key = mappingKey('acme', account, fact.providerConversationId as string);
    const mapping = await waitFor(() => mapped.find(({ partitionKey }) => partitionKey === key), {
      description: 'the conversation is mapped',
    });
    expect(mapping.data).toMatchObject({ conversationId: command.conversationId, channel: 'email' });
  }, 60_000);

  it('a text opens a conversation of its own, or goes into the one that the customer writes in', async () => {
    const { account, at } = bench.nextAccount();
    const first = emailCommand(account, { content: { type: 'text', text: 'Hello' } });
    expect(await factOf(first)).toMatchObject({ type: 'message.sent', agentless: true });
    expect(at.arrivals.map((arrival) => arrival.body)).toEqual([mailOf(first, { body: 'Hello' })]);
    at.conversations.set('conv-mail', 'open');
    const answer = emailCommand(account);
    await bench.customerWrote(answer, { providerConversationId: 'conv-mail' });
    expect(await factOf(answer)).toMatchObject({ type: 'message.sent', providerConversationId: 'conv-mail' });
    expect([at.notifications.length, at.opened.length, at.messages.length]).toEqual([1, 0, 1]);
  }, 60_000);

  it('nothing is sent to somebody who has said no', async () => {
    const { account, at } = bench.nextAccount();
    const command = emailCommand(account);
    await bench.contactStops(command);
    expect(await factOf(command)).toMatchObject({ type: 'message.suppressed', code: 'opted-out' });
    expect(at.arrivals).toEqual([]);
  }, 60_000);
});

describe('a notification that names no number', () => {
  it('counts against one number, however many its sender has', async () => {
    const { account, at } = bench.nextAccount();
    await files.apply(smsOf(account, 'order_pool'));
    const of = () => poolCommand(account, { content: named('order_pool', { order: 'A-1' }) });
    for (const command of [of(), of(), of()]) expect(await factOf(command)).toMatchObject({ type: 'message.sent' });
    expect(at.notifications).toHaveLength(3);
    const metrics = await (await fetch(`${bench.service.address}/metrics`)).text();
    const sends = metrics.split('\n').filter((line) => line.includes(`sender="pool-${account}"`));
    expect(sends).toEqual([expect.stringMatching(/number="1"\} 3$/)]);
  }, 60_000);
});

describe('a template on WhatsApp', () => {
  it('is a notification where the sender says so: by name, with a flat list, the header first (guide 001, section 3)', async () => {
    const { account, at } = bench.nextAccount('notifying');
    await files.apply(definitionOf(account, 'order'));
    const command = notifyCommand(account, { content: named('order') });
    await bench.customerWrote(command, { hoursAgo: 1_000 });
    expect(await factOf(command)).toMatchObject({ type: 'message.sent', agentless: true });
    expect(at.arrivals.map(({ body }) => body)).toMatchObject([
      {
        participant: { address: { phoneNumber: `+${command.contact}`, channelType: 'whatsapp' } },
        messages: [{ templateName: 'order', language: 'en', parameters: ['A-1', 'Jana', 'A-1'] }],
      },
    ]);
  }, 60_000);

  it('goes into the conversation everywhere else, and texts do even there (guide 000, section 4)', async () => {
    const [usual, notifying] = [bench.nextAccount(), bench.nextAccount('notifying')];
    await files.apply(definitionOf(usual.account, 'order'));
    const template = whatsappCommand(usual.account, { content: named('order') });
    const text = notifyCommand(notifying.account);
    for (const command of [template, text]) {
      await bench.customerWrote(command);
      expect(await factOf(command)).toMatchObject({ type: 'message.sent' });
    }
    expect([usual.at, notifying.at].map((at) => [at.notifications.length, at.messages.length])).toEqual([
      [0, 1],
      [0, 1],
    ]);
  }, 60_000);

  it('needs an opt-in on record as a notification, too (guide 000, section 1)', async () => {
    const { account, at } = bench.nextAccount('notifying');
    await files.apply(definitionOf(account, 'order'));
    expect(await factOf(notifyCommand(account, { content: named('order') }))).toMatchObject({ code: 'opt-in-missing' });
    expect(at.arrivals).toEqual([]);
  }, 60_000);
});

describe('a notification', () => {
  it('is told once more as it was, after a crash behind it, and not sent again', async () => {
    const { at, command } = await smsAccount();
    await factOf(command);
    const later = sendMessage({ ...parties({ account: command.account, channel: 'sms', sender: command.sender }) });
    await bench.publish(command, later);
    await bench.outcome(later);
    const again = await waitFor(() => bench.factsOf(command)[1], { description: 'the outcome is told again' });
    expect([again.id, again.data]).toEqual([bench.factsOf(command)[0]!.id, bench.factsOf(command)[0]!.data]);
    expect(at.notifications).toHaveLength(1);
  }, 60_000);
});
