import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENTS, problemsOf, type SendMessage } from '@heliograph/contracts';
import { waitFor } from '@heliograph/testing';
import {
  DispatcherBench,
  next,
  notifyCommand,
  optedCommand,
  smsCommand,
  whatsappCommand,
} from '../../test/dispatcher-bench.ts';
import type { Answer, Arrival, ProviderAccount } from '../../test/provider-stub.ts';
import { definitionOf, named, shortOf, smsOf, TemplateFiles, VALUES } from '../../test/template-files.ts';
import { askIdOf } from '../sending/held-messages.ts';

let bench: DispatcherBench;
let files: TemplateFiles;
beforeAll(async () => {
  bench = await DispatcherBench.open();
  files = new TemplateFiles(bench);
}, 60_000);
afterAll(() => bench.close());

const THROTTLED: Answer = { status: 429, headers: { 'retry-after': '1' } };
const MISMATCH: Answer = { status: 400, body: { message: 'template name does not exist', code: '131050' } };

/** The first request of a kind is answered when the contact's STOP counts already. */
function stopsAt(at: ProviderAccount, command: SendMessage, kind: Arrival['kind'], answer: Answer): void {
  let isFirst = true;
  at.answer = async (arrival) => {
    if (!isFirst || arrival.kind !== kind) return undefined;
    isFirst = false;
    await bench.contactStops(command);
    return answer;
  };
}

/** A template with a shorter one behind it, and an SMS behind that. */
async function withFallbacks() {
  const { account, at } = bench.nextAccount();
  const by = { template: 'order_sms', channel: 'sms' as const, sender: `sms-${account}` };
  const [short, sms] = [shortOf(account, 'order_short'), smsOf(account, 'order_sms')];
  const order = definitionOf(account, 'order', { fallbacks: [{ template: 'order_short' }, by] });
  await files.apply(sms, short, order);
  return { at, order, short, command: optedCommand(account, { content: named('order') }) };
}

async function factOf(command: SendMessage): Promise<Record<string, unknown>> {
  await bench.publish(command);
  return bench.outcome(command);
}

const typesOf = (command: SendMessage): string[] => bench.factsOf(command).map(({ type }) => type);

describe('a message that would go on by another channel', () => {
  it('is suppressed where its contact has opted out', async () => {
    const { at, order, short, command } = await withFallbacks();
    await files.becomes(order, 'REJECTED');
    await files.becomes(short, 'REJECTED');
    await bench.contactStops(command);
    expect(await factOf(command)).toMatchObject({ type: 'message.suppressed', purpose: 'all' });
    expect([at.arrivals.length, typesOf(command)]).toEqual([0, ['message.suppressed']]);
  }, 60_000);

  it('is suppressed, too, where the contact opts out while it waits and its template is rejected', async () => {
    const { at, order, short, command } = await withFallbacks();
    at.answer = () => THROTTLED;
    await bench.publish(command);
    await waitFor(() => at.arrivals.length > 0, { description: 'it is throttled' });
    await bench.contactStops(command);
    await files.becomes(order, 'REJECTED');
    await files.becomes(short, 'REJECTED');
    at.answer = () => undefined;
    expect(await bench.outcome(command)).toMatchObject({ type: 'message.suppressed' });
    expect([at.messages.length, typesOf(command)]).toEqual([0, ['message.suppressed']]);
  }, 60_000);

  it('is suppressed there where the contact opts out before it leaves, and says what it stands for', async () => {
    const { at, order, short, command } = await withFallbacks();
    await files.becomes(order, 'REJECTED');
    await files.becomes(short, 'REJECTED');
    const goesOn = (await factOf(command)).command as SendMessage;
    await bench.contactStops(command);
    const { type, ...fact } = await factOf(goesOn);
    expect([type, fact.divertedFrom, at.arrivals.length]).toEqual(['message.suppressed', command.messageId, 0]);
    expect(problemsOf(EVENTS.messageSuppressed.data!, fact)).toEqual([]);
  }, 60_000);
});

describe('a contact who opts out between the refusal of a template by the provider and what follows it', () => {
  it.each([
    ['its fallback', 'APPROVED'],
    ['its other channel', 'PAUSED'],
  ] as const)('does not get %s', async (_, status) => {
    const { at, short, command } = await withFallbacks();
    await files.becomes(short, status);
    stopsAt(at, command, 'message', MISMATCH);
    const { type, ...fact } = await factOf(command);
    expect([type, at.texts, typesOf(command)]).toEqual(['message.suppressed', ['order'], ['message.suppressed']]);
    expect(problemsOf(EVENTS.messageSuppressed.data!, fact)).toEqual([]);
  });
});

describe('a notification that no agent takes part in', () => {
  it('is suppressed by SMS and on WhatsApp', async () => {
    const [sms, whatsapp] = [bench.nextAccount(), bench.nextAccount('notifying')];
    await files.apply(smsOf(sms.account, 'order_sms'), definitionOf(whatsapp.account, 'order'));
    const commands = [
      smsCommand(sms.account, { content: named('order_sms', { order: 'A-1' }) }),
      notifyCommand(whatsapp.account, { content: named('order') }),
    ];
    for (const command of commands) {
      await bench.customerWrote(command);
      await bench.contactStops(command);
      expect(await factOf(command)).toMatchObject({ type: 'message.suppressed' });
    }
    expect([...sms.at.arrivals, ...whatsapp.at.arrivals]).toEqual([]);
  }, 60_000);

  it('may go to a contact who has never written, by an opt-in on record', async () => {
    const { account, at } = bench.nextAccount('notifying');
    await files.apply(definitionOf(account, 'order'));
    const command = notifyCommand(account, { content: named('order') });
    await bench.contactStands(command, { all: { state: 'in', at: new Date().toISOString(), source: 'api' } });
    expect(await factOf(command)).toMatchObject({ type: 'message.sent', agentless: true });
    expect(at.notifications).toHaveLength(1);
  }, 60_000);
});

describe('a message that needs a conversation', () => {
  it('is suppressed, and not failed, where it was to be opened when the contact opted out', async () => {
    const { account, at } = bench.nextAccount();
    const command = smsCommand(account);
    stopsAt(at, command, 'open', THROTTLED);
    const { type, ...fact } = await factOf(command);
    expect([type, at.opened.length, at.messages.length]).toEqual(['message.suppressed', 1, 0]);
    expect(problemsOf(EVENTS.messageSuppressed.data!, fact)).toEqual([]);
  }, 60_000);

  it('is suppressed where it was just opened; the conversation is announced', async () => {
    const { account, at } = bench.nextAccount();
    const command = smsCommand(account);
    stopsAt(at, command, 'open', undefined);
    expect(await factOf(command)).toMatchObject({ type: 'message.suppressed' });
    expect([at.conversations.size, at.messages.length]).toEqual([1, 0]);
    const ofContact = bench.outbound.filter(({ data }) => data.conversationId === command.conversationId);
    expect(ofContact.map(({ type }) => type)).toEqual(['provider-conversation.opened', 'message.suppressed']);
  }, 60_000);
});

describe('a message that is held until the customer writes again', () => {
  const windowTemplate = { name: 'order', language: 'en', variables: VALUES };
  async function held() {
    const { account, at } = bench.nextAccount();
    await files.apply(definitionOf(account, 'order'));
    const command = whatsappCommand(account, { ifWindowClosed: 'hold', windowTemplate });
    at.conversations.set('conv-1', 'open');
    await bench.customerWrote(command, { hoursAgo: 30, providerConversationId: 'conv-1' });
    return { at, command };
  }

  it('is suppressed instead where the contact has opted out, and asks for nothing', async () => {
    const { at, command } = await held();
    await bench.contactStops(command);
    expect(await factOf(command)).toMatchObject({ type: 'message.suppressed' });
    expect([at.arrivals.length, typesOf(command)]).toEqual([0, ['message.suppressed']]);
  }, 60_000);

  it('has its question suppressed where the contact opts out before that leaves; given again it is suppressed itself', async () => {
    const { at, command } = await held();
    stopsAt(at, command, 'message', THROTTLED);
    expect(await factOf(command)).toMatchObject({ type: 'message.held' });
    const question = { ...command, messageId: askIdOf(command.messageId) };
    expect(typesOf(question)).toEqual(['message.suppressed']);
    const data = bench.factsOf(command)[0]!.data;
    expect(data).not.toHaveProperty('askedBy');
    await bench.give({ contract: EVENTS.sendMessage, data: data.command as SendMessage, id: 'released' });
    await waitFor(() => typesOf(command).length > 1, { description: 'it has its outcome' });
    expect([typesOf(command).at(-1), at.messages.length]).toEqual(['message.suppressed', 1]);
    expect(await factOf(next(command))).toMatchObject({ type: 'message.suppressed' });
  }, 60_000);
});
