import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENTS, TOPICS } from '@heliograph/contracts';
import {
  guideAssignment,
  guideConversation,
  guideMessage,
  guideReceipt,
  randomNumber,
  waitFor,
  type GuideEvent,
} from '@heliograph/testing';
import { ACCOUNT, partiesOf, RouterBench } from '../../test/router-bench.ts';

let bench: RouterBench;
beforeAll(async () => (bench = await RouterBench.open()), 60_000);
afterAll(() => bench.close(), 20_000);

/** Puts a dead letter back on the topic it came from, as an operator does. */
async function replay(event: { id: string }): Promise<void> {
  const { key, value, headers } = await bench.deadLetter(event);
  await bench.publisher.publishRecord(TOPICS.webhookReceived, { key: key!, value: value!, headers: { ...headers } });
}

describe('an event', () => {
  it('delivered three times at the same instant gives one fact', async () => {
    const event = guideMessage();
    await Promise.all([bench.receive([event]), bench.receive([event]), bench.receive([event])]);
    await bench.passed(event.conversation.id, guideMessage({ conversationId: event.conversation.id }));
    expect(bench.factsOf(event)).toHaveLength(1);
    expect(bench.factsOf(event)[0]).toMatchObject({ type: EVENTS.messageReceived.type });
  }, 60_000);

  it('repeated later, among others, changes nothing', async () => {
    const conversationId = randomUUID();
    const events = Array.from({ length: 5 }, () => guideMessage({ conversationId, from: '+15550104711' }));
    await bench.receive(events);
    await bench.receive([...events].reverse());
    await bench.passed(conversationId, guideMessage({ conversationId, from: '+15550104711' }));
    for (const event of events) expect(bench.factsOf(event)).toHaveLength(1);
  }, 60_000);

  it('becomes a fact of its kind, with what it says, keyed by its conversation', async () => {
    const from = randomNumber();
    const { conversationId, contact } = partiesOf({ contact: from });
    const message = guideMessage({ from, text: 'Where is my order?' });
    const provider = message.conversation.id;
    const closed = guideConversation(provider, 'closed');
    const assigned = guideAssignment(provider, { type: 'agent', id: 'agent-7' });
    await bench.receive([message, assigned, closed]);
    const facts = await Promise.all([message, assigned, closed].map((event) => bench.fact(event)));
    for (const fact of facts) {
      expect(fact.partitionKey).toBe(conversationId);
      expect(fact.data).toMatchObject({ conversationId, contact, sender: 'support', channel: 'whatsapp' });
      expect(fact.data).toMatchObject({ tenant: 'acme', account: ACCOUNT, providerConversationId: provider });
    }
    expect(facts.map(({ type }) => type)).toEqual([
      'message.received',
      'conversation.assigned',
      'provider-conversation.changed',
    ]);
    expect(facts[0]!.data.content).toEqual({ type: 'text', text: 'Where is my order?' });
    expect(facts[1]!.data).toMatchObject({ assigneeKind: 'agent', assigneeId: 'agent-7' });
    expect(facts[2]!.data.state).toBe('closed');
  }, 60_000);

  it('finds the same conversation from every number of a pool, and says which one was written to', async () => {
    const { conversationId } = partiesOf({ contact: '+15550108888' });
    for (const number of ['15550009876', '15550009877']) {
      const message = guideMessage({ from: '+15550108888', to: `+${number}` });
      await bench.receive([message]);
      const { data } = await bench.fact(message);
      expect(data).toMatchObject({ conversationId, sender: 'support', senderAddress: number });
    }
  }, 60_000);

  it('finds the same conversation from every way to write an address', async () => {
    const { conversationId } = partiesOf({ contact: '+15550107777' });
    const forms = [
      ['whatsapp:+15550107777', 'whatsapp:+15550009876'],
      ['WhatsApp:15550107777', 'whatsapp:15550009876'],
      ['whatsapp:+1 (555) 010-7777', 'whatsapp:+1 555 000 9876'],
    ];
    const events = forms.map(([from, to]) => ({ ...guideMessage(), from: { id: from }, to: { id: to } }));
    await bench.receive(events);
    for (const event of events) expect((await bench.fact(event)).data.conversationId).toBe(conversationId);
    const receipt = {
      ...guideReceipt('m-1', 'read', randomUUID()),
      from: { id: forms[0]![1] },
      to: { id: forms[0]![0] },
    };
    await bench.receive([receipt]);
    expect((await bench.fact(receipt)).data.conversationId).toBe(conversationId);
    const sms = guideMessage({ channel: 'sms', from: '+15550107777', to: '+15550001111' });
    await bench.receive([sms]);
    const other = partiesOf({ channel: 'sms', sender: 'alerts', contact: '+15550107777' });
    expect((await bench.fact(sms)).data).toMatchObject({
      conversationId: other.conversationId,
      contact: '+15550107777',
    });
    expect(other.conversationId).not.toBe(conversationId);
  }, 60_000);

  it('keeps its place in the order of its provider conversation', async () => {
    const conversations = Array.from({ length: 5 }, () => ({ id: randomUUID(), from: randomNumber() }));
    const events = Array.from({ length: 100 }, (_, n) => {
      const { id: conversationId, from } = conversations[n % conversations.length]!;
      return guideMessage({ conversationId, from, text: String(n) });
    });
    await bench.receive(events);
    await Promise.all(events.map((event) => bench.fact(event)));
    for (const [index, { from }] of conversations.entries()) {
      const { conversationId } = partiesOf({ contact: from });
      const texts = bench.inbound
        .filter(({ data }) => data.conversationId === conversationId)
        .map(({ data }) => Number((data.content as { text: string }).text));
      expect(texts).toEqual(Array.from({ length: 20 }, (_, n) => n * conversations.length + index));
    }
  }, 60_000);
});

describe('an event without addresses', () => {
  it('is resolved by the conversation that an earlier event of its provider conversation belonged to', async () => {
    const message = guideMessage();
    await bench.receive([message]);
    const { data } = await bench.fact(message);
    const receipt = guideReceipt('m-2', 'delivered', message.conversation.id);
    await bench.receive([receipt]);
    expect((await bench.fact(receipt)).data).toMatchObject({
      conversationId: data.conversationId,
      providerMessageId: 'm-2',
      status: 'delivered',
    });
    const mapped = bench.mapped.filter(({ data: { providerConversationId: id } }) => id === message.conversation.id);
    expect(mapped.map((event) => event.data.conversationId)).toEqual([data.conversationId]);
  }, 60_000);

  it('that comes before its mapping waits for it, delays nobody else, and is then routed in order', async () => {
    const provider = randomUUID();
    const owner = partiesOf();
    const early = [guideConversation(provider, 'queued'), guideConversation(provider, 'active')];
    await bench.receive(early);
    const other = guideMessage();
    await bench.receive([other]);
    await bench.fact(other);
    expect(early.flatMap((event) => bench.factsOf(event))).toEqual([]);
    await bench.map(provider, owner);
    for (const event of early) expect((await bench.fact(event)).data.conversationId).toBe(owner.conversationId);
    const states = bench.inbound.filter(({ data }) => data.providerConversationId === provider);
    expect(states.map(({ data }) => data.state)).toEqual(['queued', 'active']);
  }, 60_000);
});

describe('a changed queue or skill (guide 000, edge case 3)', () => {
  it('is told once to those who remember it, however often it comes, and is of no conversation', async () => {
    const timestamp = new Date().toISOString();
    const queue = { id: randomUUID(), type: 'routing:queue:update', timestamp, queue: { id: 'queue-1' } };
    const skill = { id: randomUUID(), type: 'routing:skill:update', timestamp };
    await bench.receive([queue, queue, skill], { key: 'routing' });
    await bench.receive([queue], { key: 'routing' });
    await bench.passed('routing', guideMessage());
    const told = await waitFor(() => bench.routing.length >= 2 && bench.routing, { description: 'both are told' });
    const owner = { tenant: 'acme', account: ACCOUNT };
    expect(told.map(({ data }) => data)).toEqual([
      { ...owner, what: 'queue', id: 'queue-1', at: timestamp },
      { ...owner, what: 'skill', at: timestamp },
    ]);
    expect(told.map(({ partitionKey }) => partitionKey)).toEqual([`acme/${ACCOUNT}`, `acme/${ACCOUNT}`]);
    expect([...bench.factsOf(queue), ...(await bench.deadLettersOf(queue))]).toEqual([]);
  }, 60_000);

  it('of an account that is not configured is dead-lettered', async () => {
    const queue = { id: randomUUID(), type: 'routing:queue:update', timestamp: new Date().toISOString() };
    await bench.receive([queue], { key: 'routing', account: 'acme-other' });
    const reason = 'account \\"acme-other\\" is not configured';
    const logged = () => bench.logLines.filter((line) => line.includes(reason)).length > 0;
    await waitFor(logged, { description: 'the reason is logged' });
    expect(bench.routing.filter(({ data }) => data.account === 'acme-other')).toEqual([]);
  }, 60_000);
});

describe('an event that cannot be routed', () => {
  const cases: [string, (event: GuideEvent) => object, RegExp][] = [
    ['of an unknown type', (event) => ({ ...event, type: 'call' }), /^unknown event type "call"$/],
    ['with wrong fields', (event) => ({ ...event, body: { type: 'text', text: 7 } }), /^wrong fields .*: body\.text$/],
    [
      'to a number that is no sender of the account',
      (event) => ({ ...event, to: { id: 'whatsapp:+15550000000' } }),
      /^neither address of the event is a sender of account "acme-genesys"$/,
    ],
  ];
  it.each(cases)(
    '%s is dead-lettered once, with the reason',
    async (_, spoil, reason) => {
      const event = guideMessage();
      const spoilt = spoil(event);
      await bench.receive([spoilt, spoilt]);
      await bench.receive([spoilt]);
      await bench.passed(event.conversation.id, guideMessage({ conversationId: event.conversation.id }));
      const copies = await bench.deadLettersOf(event);
      expect(copies).toHaveLength(1);
      expect(copies[0]!.json).toEqual(spoilt);
      expect(copies[0]!.headers['dead-reason']).toMatch(reason);
      expect(bench.factsOf(event)).toEqual([]);
    },
    60_000,
  );

  it('of an unknown account or profile is dead-lettered once, with the reason', async () => {
    const [one, two] = [guideMessage(), guideMessage()];
    await bench.receive([one, one], { account: ACCOUNT, profile: 'no-such-profile' });
    await bench.receive([two], { account: 'acme-other' });
    expect((await bench.deadLetter(one)).headers['dead-reason']).toBe('profile "no-such-profile" is not known');
    await bench.passed(one.conversation.id, guideMessage({ conversationId: one.conversation.id }));
    expect(await bench.deadLettersOf(one)).toHaveLength(1);
    await waitFor(() => bench.logLines.some((line) => line.includes('account \\"acme-other\\" is not configured')), {
      description: 'the reason is logged',
    });
  }, 60_000);

  it('that is no object is dead-lettered with the reason, and the lane goes on', async () => {
    const id = randomUUID();
    await bench.receive([['not', 'an', 'event']], { key: id });
    await bench.passed(id, guideMessage());
    const copies = await bench.deadLettersOf({ id: 'none' });
    expect(copies.map(({ headers }) => headers['dead-reason'])).toEqual(['invalid record: must be a JSON object']);
  }, 60_000);

  it('is routed once when its dead letter is put back after the cause is gone, however often', async () => {
    const event = guideMessage({ to: '+15550004444' });
    await bench.receive([event]);
    await bench.deadLetter(event);
    await bench.restartWithSender({ name: 'late', addresses: ['+15550004444'] });
    await replay(event);
    expect((await bench.fact(event)).data.sender).toBe('late');
    await replay(event);
    await bench.receive([event]);
    await bench.passed(event.conversation.id, guideMessage({ conversationId: event.conversation.id }));
    expect(bench.factsOf(event)).toHaveLength(1);
  }, 60_000);
});

describe('the log', () => {
  it('names no body and no address', async () => {
    const event = guideMessage({ from: '+15550123987', text: 'private words of a customer' });
    const spoilt = { ...guideMessage({ from: '+15550123987', text: 'private words of a customer' }), type: 'call' };
    await bench.receive([event, spoilt]);
    await bench.fact(event);
    await bench.deadLetter(spoilt);
    const log = bench.logLines.join('');
    expect(log).toContain('record dead-lettered');
    for (const secret of ['private words', '15550123987', '15550009876']) expect(log).not.toContain(secret);
  }, 60_000);
});
