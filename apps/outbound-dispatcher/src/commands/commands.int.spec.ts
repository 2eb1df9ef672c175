import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deadLetterTopic, EVENTS, encodeEvent, TOPICS } from '@heliograph/contracts';
import { newEvent, partitionOf, type Delivery } from '@heliograph/kafka';
import { fenceKey } from '@heliograph/redis';
import { readAll, testKafkaBrokers, waitFor } from '@heliograph/testing';
import { DispatcherBench, next, smsCommand, whatsappCommand } from '../../test/dispatcher-bench.ts';
import { SERVICE } from '../config.ts';
import { MessageSender } from '../sending/message-sender.ts';

let bench: DispatcherBench;
beforeAll(async () => (bench = await DispatcherBench.open()), 60_000);
afterAll(() => bench.close());

const deadLetters = () =>
  readAll(testKafkaBrokers(), bench.kafka.physical(deadLetterTopic(TOPICS.conversationCommand, SERVICE).name));

describe('a command that cannot be read', () => {
  it('is dead-lettered once with the fields that are wrong, and the lane goes on', async () => {
    const { account, at } = bench.nextAccount();
    const good = smsCommand(account);
    const bad = next(good, { class: 'urgent' as never, content: { type: 'text' } });
    await bench.publish(bad, good);
    expect(await bench.outcome(good)).toMatchObject({ type: 'message.sent' });
    const copies = await waitFor(async () => (await deadLetters()).filter(({ key }) => key === bad.conversationId), {
      description: 'the dead letter is there',
    });
    expect(copies).toHaveLength(1);
    expect(copies[0]!.json).toEqual(bad);
    const fields = (JSON.parse(copies[0]!.headers['dead-problems']!) as { field: string }[]).map(({ field }) => field);
    expect(new Set(fields)).toEqual(new Set(['class', 'content.text']));
    expect(copies[0]!.headers['dead-reason']).toMatch(/^invalid record: /);
    expect(at.messages).toHaveLength(1);
  }, 60_000);

  it('yields a failed fact where it says which message it is about', async () => {
    const { account } = bench.nextAccount();
    const bad = smsCommand(account, { content: { type: 'text' } });
    const anonymous = smsCommand(account, { messageId: 'not a uuid' });
    await bench.publish(anonymous, bad);
    const { content: _, ...fact } = await bench.outcome(bad);
    expect(fact).toMatchObject({ type: 'message.failed', code: 'dead-lettered', contact: bad.contact });
    expect(fact.reason).toMatch(/^invalid record: content\.text: /);
    expect(bench.factsOf(anonymous)).toEqual([]);
  }, 60_000);
});

describe('a crash after the outcome was published, before the command was done', () => {
  it('makes the next owner publish the same fact under the same id, without a request', async () => {
    const { account, at } = bench.nextAccount();
    const command = smsCommand(account);
    await bench.publish(command);
    await bench.outcome(command);
    const requests = at.arrivals.length;
    const sender = bench.service.app.get(MessageSender);
    // What the next owner gets: the same record again, in a delivery that remembers nothing.
    expect(await sender.send(command, await redelivered(command))).toEqual({ kind: 'done' });
    const facts = await waitFor(() => bench.factsOf(command).length === 2 && bench.factsOf(command), {
      description: 'the fact is there again',
    });
    expect(facts[1]!.id).toBe(facts[0]!.id);
    expect(facts[1]!.data).toEqual(facts[0]!.data);
    expect(at.arrivals).toHaveLength(requests);
  }, 60_000);

  async function redelivered(command: ReturnType<typeof smsCommand>): Promise<Delivery> {
    const { messageId, conversationId, tenant } = command;
    const parts = { id: messageId, key: conversationId, data: command, tenant, source: '/heliograph/spec' };
    const event = newEvent(EVENTS.sendMessage, parts);
    const partition = partitionOf(conversationId, bench.kafka.partitionsOf(TOPICS.conversationCommand));
    const fence = (await bench.redis.client.get(fenceKey(partition, SERVICE)))!;
    const topic = TOPICS.conversationCommand.name;
    const { value } = encodeEvent(event);
    return { topic, partition, offset: 0, event, value, origin: `${topic}/${partition}/0`, fence, attempt: 1 };
  }
});

describe('two dispatchers', () => {
  it('share the partitions: one that joins in the middle changes neither order nor number of what is sent', async () => {
    const { account, at } = bench.nextAccount();
    const text = (said: string) => ({ content: { type: 'text' as const, text: said } });
    const lanes = Array.from({ length: 6 }, (_, lane) => smsCommand(account, text(`${lane} 0`)));
    const commands = lanes.flatMap((first, lane) => [
      first,
      ...Array.from({ length: 19 }, (_, n) => next(first, text(`${lane} ${n + 1}`))),
    ]);
    await bench.publish(...commands.slice(0, 60));
    const second = await bench.startAnother();
    await bench.publish(...commands.slice(60));
    for (const command of commands) {
      expect(await bench.outcome(command, 40_000)).toMatchObject({ type: 'message.sent', possiblyRepeated: false });
    }
    await second.stop();
    expect(at.messages).toHaveLength(commands.length);
    for (const lane of lanes.keys()) {
      const said = at.texts.filter((one) => one!.startsWith(`${lane} `));
      expect(said).toEqual(Array.from({ length: 20 }, (_, n) => `${lane} ${n}`));
    }
  }, 60_000);
});

describe('what is told about the work', () => {
  it('counts calls and outcomes per account', async () => {
    const { account } = bench.nextAccount();
    const command = smsCommand(account);
    const late = whatsappCommand(account);
    await bench.publish(command, late);
    await Promise.all([bench.outcome(command), bench.outcome(late)]);
    const metrics = await (await fetch(`${bench.service.address}/metrics`)).text();
    const counter = (name: string, labels: string) =>
      metrics
        .split('\n')
        .find((line) => line.startsWith(`heliograph_dispatcher_${name}{account="${account}",${labels}}`));
    // The queue is looked up, a conversation opened, the message sent.
    expect(counter('calls_total', 'outcome="ok"')).toMatch(/ 3$/);
    expect(counter('outcomes_total', 'outcome="sent",repeated="false"')).toMatch(/ 1$/);
    expect(counter('outcomes_total', 'outcome="failed",repeated="false"')).toMatch(/ 1$/);
    expect(metrics).toContain('heliograph_dispatcher_waiting_for_budget{tenant="acme",priority="transactional"} 0');
    expect(counter('sends_total', `sender="sms-${account}",number="1"`)).toMatch(/ 1$/);
    expect(metrics).toContain(`heliograph_dispatcher_client_breaker_state{account="${account}"} 0`);
    for (const figure of ['factor', 'paused_seconds', 'remaining']) {
      for (const bucket of ['tenant', 'client', 'number']) {
        expect(metrics).toContain(`heliograph_dispatcher_budget_${figure}{tenant="acme",bucket="${bucket}"}`);
      }
    }
  }, 60_000);

  it('names no body, no address, no token and no secret in the log', async () => {
    const { account, at } = bench.nextAccount();
    const command = smsCommand(account, { content: { type: 'text', text: 'private words of a customer' } });
    const { contact, content } = command;
    at.answer = ({ kind, body }) =>
      kind === 'message' ? { status: 400, body: { message: `cannot send ${JSON.stringify(body)}` } } : undefined;
    await bench.publish(command, next(command, { class: content.text as never }));
    expect(await bench.outcome(command)).toMatchObject({ type: 'message.failed' });
    await waitFor(() => bench.hasLogged('record dead-lettered'), { description: 'something was logged' });
    const log = bench.logLines.join('');
    for (const secret of [content.text!, contact, contact.slice(1), at.tokens.get('client')!, '"secret"']) {
      expect(log).not.toContain(secret);
      expect(JSON.stringify(bench.factsOf(command)[0]!.data.reason)).not.toContain(secret);
    }
  }, 60_000);
});
