import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENTS, type SendMessage, type TemplateState } from '@heliograph/contracts';
import { partitionKey } from '@heliograph/redis';
import { waitFor } from '@heliograph/testing';
import { DispatcherBench, next, whatsappCommand } from '../../test/dispatcher-bench.ts';
import { TemplateTable } from '../templates/template-table.ts';
import { askIdOf } from './held-messages.ts';

let bench: DispatcherBench;
beforeAll(async () => (bench = await DispatcherBench.open({ requestTimeoutMs: 500 })), 60_000);
afterAll(() => bench.close());

const windowTemplate = { name: 'you_have_a_reply', language: 'en', parameters: ['Ann'] };
const hold = { ifWindowClosed: 'hold' as const, windowTemplate };
const instead = { ifWindowClosed: 'template' as const, windowTemplate };
const CLOSED = 30;

/** A message to a customer who wrote so many hours ago, in an open conversation, with the template approved. */
async function message(
  over: Partial<SendMessage> = {},
  { hoursAgo = CLOSED, status = 'APPROVED' }: { hoursAgo?: number; status?: TemplateState['status'] } = {},
) {
  const { account, at } = bench.nextAccount();
  const command = whatsappCommand(account, over);
  at.conversations.set('conv-1', 'open');
  await bench.customerWrote(command, { hoursAgo, providerConversationId: 'conv-1' });
  await bench.template({ account, name: windowTemplate.name, status, parameterCount: 1 });
  await templateIs(command, status);
  return { account, at, command };
}
/** Waits until the dispatcher knows that the template has this status. */
async function templateIs(command: SendMessage, status: string): Promise<void> {
  const table = bench.service.app.get(TemplateTable);
  const code = status === 'APPROVED' ? undefined : 'template-not-approved';
  const content = { type: 'template' as const, ...windowTemplate };
  await waitFor(() => table.refusal({ ...command, content })?.code === code, { description: `it is ${status}` });
}
const heldOf = (command: SendMessage) => bench.factsOf(command).filter(({ type }) => type === 'message.held');
const isHeld = (command: SendMessage, times = 1) =>
  waitFor(() => heldOf(command).length >= times && heldOf(command), { description: `message is held ${times} times` });
/** As session-state gives it: the held command, under an event id of its own. */
const release = (command: SendMessage, id: string, over: Partial<SendMessage> = {}) => {
  const data = { ...(heldOf(command)[0]!.data.command as SendMessage), ...over };
  return bench.give({ contract: EVENTS.sendMessage, data, id });
};

describe('free text after the 24-hour window, by its policy (guide 000, section 4)', () => {
  it('refuse: fails, and nothing is asked for', async () => {
    const { at, command } = await message();
    await bench.publish(command);
    expect(await bench.outcome(command)).toMatchObject({ type: 'message.failed', code: 'window-closed' });
    expect(at.messages).toEqual([]);
  }, 60_000);

  it('template: the named template goes in its place, under its id, and the fact says so', async () => {
    const { at, command } = await message(instead);
    await bench.publish(command, command);
    const content = { type: 'template', ...windowTemplate };
    expect(await bench.outcome(command)).toMatchObject({ type: 'message.sent', changed: 'window-closed', content });
    const told = await waitFor(() => bench.factsOf(command).length === 2 && bench.factsOf(command), {
      description: 'the repeated command has its outcome',
    });
    expect(told[1]!.data).toEqual(told[0]!.data);
    expect(at.texts).toEqual([windowTemplate.name]);
    expect(at.violations).toEqual([]);
  }, 60_000);

  it('template: is checked like any other, and sent in a conversation opened for it where there is none', async () => {
    const { command } = await message(instead, { status: 'PAUSED' });
    await bench.publish(command);
    expect(await bench.outcome(command)).toMatchObject({ type: 'message.failed', code: 'template-not-approved' });
    const { at, command: other } = await message(instead);
    at.conversations.set('conv-1', 'closed');
    await bench.publish(other);
    expect(await bench.outcome(other)).toMatchObject({ type: 'message.sent', changed: 'window-closed' });
    expect(at.opened).toHaveLength(1);
  }, 60_000);

  it('template or hold: text goes as it is while the window is open', async () => {
    for (const policy of [instead, hold]) {
      const { at, command } = await message(policy, { hoursAgo: 1 });
      await bench.publish(command);
      const fact = await bench.outcome(command);
      expect([fact.type, fact.changed, at.texts]).toEqual(['message.sent', undefined, [command.content.text]]);
    }
  }, 60_000);

  it('template: sent too when it is the provider who says that the window is closed', async () => {
    const { at, command } = await message(instead, { hoursAgo: 1 });
    at.answer = ({ text }) =>
      text === command.content.text ? { status: 400, body: { message: 'closed', code: '131051' } } : undefined;
    await bench.publish(command);
    expect(await bench.outcome(command)).toMatchObject({ type: 'message.sent', changed: 'window-closed' });
    expect(at.texts).toEqual([command.content.text, windowTemplate.name]);
  }, 60_000);

  it('template: a time-out of it is followed by one resend of it, marked, also by the next process', async () => {
    const { at, command } = await message(instead);
    let hangs = 1;
    at.answer = ({ kind }) => (kind === 'message' && hangs-- > 0 ? 'hang' : undefined);
    await bench.publish(command);
    await waitFor(() => at.messages.length === 1, { description: 'the first attempt arrived' });
    await bench.abandon();
    await bench.start();
    expect(await bench.outcome(command)).toMatchObject({ changed: 'window-closed', possiblyRepeated: true });
    expect(at.texts).toEqual([windowTemplate.name, windowTemplate.name]);
  }, 60_000);
});

describe('a message that is held until the customer writes again', () => {
  it('leaves the order visibly: what comes behind it is sent, and its command is kept for session-state', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const { at, command } = await message({ ifWindowClosed: 'hold', expiresAt });
    const { name, language } = windowTemplate;
    const behind = next(command, { content: { type: 'template', name, language, parameters: ['x'] } });
    await bench.publish(command, behind);
    const [held] = await isHeld(command);
    const { messageId, conversationId } = command;
    expect(held!.data).toMatchObject({ messageId, conversationId, until: expiresAt, command });
    expect(held!.data.askedBy).toBeUndefined();
    expect((await bench.outcome(behind)).type).toBe('message.sent');
    expect(at.texts).toEqual([name]);
  }, 60_000);

  it('is sent when its command is given again after the customer wrote, once', async () => {
    const { at, command } = await message({ ifWindowClosed: 'hold' });
    await bench.publish(command);
    await isHeld(command);
    await bench.customerWrote(command, { hoursAgo: 0, providerConversationId: 'conv-1' });
    await release(command, 'released-1');
    await release(command, 'released-1');
    await bench.publish(command);
    const sent = () => bench.factsOf(command).filter(({ type }) => type === 'message.sent');
    await waitFor(() => sent().length === 3, { description: 'every repetition has its outcome' });
    expect(at.texts).toEqual([command.content.text]);
    expect(new Set(sent().map(({ id }) => id)).size).toBe(1);
  }, 60_000);

  it('fails as expired when it is given again too late', async () => {
    const { at, command } = await message({ ifWindowClosed: 'hold' });
    await bench.publish(command);
    const [held] = await isHeld(command);
    const until = Date.parse(held!.data.until as string);
    expect(until - Date.parse(command.acceptedAt)).toBe(86_400_000);
    await release(command, 'expired-1', { expiresAt: new Date(Date.now() - 1).toISOString() });
    const failed = () => bench.factsOf(command).find(({ type }) => type === 'message.failed');
    expect((await waitFor(failed, { description: 'it has failed' })).data).toMatchObject({ code: 'expired' });
    expect(at.messages).toEqual([]);
  }, 60_000);

  it('says so again, under another id, when the window is closed again; a redelivery says the same again', async () => {
    const { command } = await message({ ifWindowClosed: 'hold' });
    await bench.publish(command, command);
    await isHeld(command, 2);
    await release(command, 'released-2');
    const ids = (await isHeld(command, 3)).map(({ id }) => id);
    expect([ids[0] === ids[1], ids[0] === ids[2]]).toEqual([true, false]);
  }, 60_000);
});

describe('the template that asks the customer to write', () => {
  /** As if the question had been asked so long ago: before the customer wrote. */
  async function askedHoursAgo(command: SendMessage, hours: number): Promise<void> {
    const key = partitionKey(bench.partitionOf(command), 'route', command.conversationId);
    const route = JSON.parse((await bench.redis.client.get(key))!) as { asked: { at: number } };
    route.asked.at -= hours * 3_600_000;
    await bench.redis.client.set(key, JSON.stringify(route));
  }

  it('is sent once, however many messages are held, as a message of its own that each of them names', async () => {
    const { at, command } = await message(hold);
    const others = Array.from({ length: 4 }, () => next(command));
    await bench.publish(command, ...others, command);
    await isHeld(command, 2);
    const asked = bench.outbound.find(({ data }) => data.messageId === askIdOf(command.messageId))!;
    expect(asked).toMatchObject({
      type: 'message.sent',
      data: { content: { type: 'template', ...windowTemplate }, possiblyRepeated: false },
    });
    const held = [command, ...others].flatMap((one) => heldOf(one));
    expect(new Set(held.map(({ data }) => data.askedBy))).toEqual(new Set([asked.data.providerMessageId]));
    expect(at.texts).toEqual([windowTemplate.name]);
  }, 60_000);

  it('is sent again for the next closed window, when the customer has written in between', async () => {
    const { at, command } = await message(hold);
    await bench.publish(command);
    await isHeld(command);
    await askedHoursAgo(command, CLOSED + 1);
    const later = next(command);
    await bench.publish(later);
    await isHeld(later);
    expect(at.texts).toEqual([windowTemplate.name, windowTemplate.name]);
  }, 60_000);

  it('that may not be sent does not keep the message from being held; the next one tries anew', async () => {
    const { at, account, command } = await message(hold, { status: 'PAUSED' });
    await bench.publish(command);
    const [held] = await isHeld(command);
    expect(held!.data.askedBy).toBeUndefined();
    const asked = bench.outbound.find(({ data }) => data.messageId === askIdOf(command.messageId))!;
    expect(asked).toMatchObject({ type: 'message.failed', data: { code: 'template-not-approved' } });
    await bench.template({ account, name: windowTemplate.name, status: 'APPROVED', parameterCount: 1 });
    await templateIs(command, 'APPROVED');
    const later = next(command);
    await bench.publish(later);
    expect((await isHeld(later))[0]!.data.askedBy).toEqual(expect.any(String));
    expect(at.texts).toEqual([windowTemplate.name]);
  }, 60_000);

  it('whose answer was lost in a crash is found by whoever goes on: one resend, marked, and no other question', async () => {
    const { at, command } = await message(hold);
    let hangs = 1;
    at.answer = ({ kind }) => (kind === 'message' && hangs-- > 0 ? 'hang' : undefined);
    const other = next(command);
    await bench.publish(command, other);
    await waitFor(() => at.messages.length === 1, { description: 'the question arrived' });
    await bench.abandon();
    await bench.start();
    await isHeld(other);
    const asked = bench.outbound.filter(({ data }) => data.messageId === askIdOf(command.messageId));
    expect(asked.map(({ type, data }) => [type, data.possiblyRepeated])).toEqual([['message.sent', true]]);
    expect(at.texts).toEqual([windowTemplate.name, windowTemplate.name]);
  }, 60_000);
});
