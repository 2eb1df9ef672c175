import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { canonicalAddress, conversationId, divertedId, problemsOf, SendMessage } from '@heliograph/contracts';
import { DispatcherBench, next, optedCommand, whatsappCommand } from '../../test/dispatcher-bench.ts';
import { definitionOf, named, shortOf, smsOf, stateOf, TemplateFiles, VALUES } from '../../test/template-files.ts';

let bench: DispatcherBench;
let files: TemplateFiles;
beforeAll(async () => {
  bench = await DispatcherBench.open();
  files = new TemplateFiles(bench);
}, 60_000);
afterAll(() => bench.close());

/** A template with a shorter one behind it, and an SMS behind that. */
async function threeOf(account: string) {
  const sms = smsOf(account, 'order_sms');
  const short = shortOf(account, 'order_short');
  const by = { template: 'order_sms', channel: 'sms' as const, sender: `sms-${account}` };
  const order = definitionOf(account, 'order', { fallbacks: [{ template: 'order_short' }, by] });
  await files.apply(sms, short, order);
  return { order, short, sms };
}

async function factOf(command: SendMessage): Promise<Record<string, unknown>> {
  await bench.publish(command);
  return bench.outcome(command);
}

const logged = ({ messageId }: SendMessage) =>
  bench.logLines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((line) => line.msg === 'template rejected' && line.messageId === messageId);

describe('a template that may not be sent now (guide 001, edge case 2)', () => {
  it('is replaced by its fallback from the rejection on, and comes back when it is approved again', async () => {
    const { account, at } = bench.nextAccount();
    const { order } = await threeOf(account);
    const before = optedCommand(account, { content: named('order') });
    await factOf(before);
    await files.becomes(order, 'REJECTED', 'POLICY_VIOLATION');
    const meanwhile = next(before, { content: named('order') });
    expect(await factOf(meanwhile)).toMatchObject({
      type: 'message.sent',
      changed: 'fallback',
      content: { name: 'order_short', parameters: ['Jana'], variables: { customer: 'Jana' } },
    });
    await files.becomes(order, 'APPROVED');
    const after = next(before, { content: named('order') });
    expect(await factOf(after)).not.toHaveProperty('changed');
    expect(at.texts).toEqual(['order', 'order_short', 'order']);
    const { conversationId } = meanwhile;
    expect(logged(meanwhile)).toMatchObject([
      { account, conversationId, template: 'order', code: 'template-not-approved', fallback: 'order_short' },
    ]);
    expect([...logged(before), ...logged(after)]).toEqual([]);
  }, 60_000);

  it('goes on by another channel when that is its fallback, once, as a whole command', async () => {
    const { account, at } = bench.nextAccount();
    const { order, short } = await threeOf(account);
    await files.becomes(order, 'REJECTED', 'POLICY_VIOLATION');
    await files.becomes(short, 'PAUSED');
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const command = optedCommand(account, { content: named('order'), class: 'campaign', expiresAt });
    const fact = await factOf(command);
    expect(fact).toMatchObject({ type: 'message.diverted', code: 'template-not-approved' });
    expect(fact.reason).toBe('template "order" (en) is REJECTED: POLICY_VIOLATION');
    const contact = canonicalAddress('sms', command.contact)!;
    const sender = `sms-${account}`;
    expect(fact.command).toEqual({
      conversationId: conversationId('acme', 'sms', sender, contact),
      ...{ tenant: 'acme', account, channel: 'sms', sender, contact },
      messageId: divertedId(command.messageId),
      class: 'campaign',
      content: { type: 'template', name: 'order_sms', language: 'en', variables: { order: 'A-1' } },
      acceptedAt: command.acceptedAt,
      expiresAt,
      divertedFrom: command.messageId,
    });
    expect(problemsOf(SendMessage, fact.command as SendMessage)).toEqual([]);
    expect(at.arrivals).toEqual([]);
    expect(logged(command)).toMatchObject([{ template: 'order', divertedTo: 'sms' }]);

    // The same command again says the same, word for word, though the template is approved by now.
    await files.becomes(order, 'APPROVED');
    const again = next(command, { content: named('order') });
    await bench.publish(command, again);
    await bench.outcome(again);
    const [first, second] = bench.factsOf(command);
    expect([second!.id, second!.data]).toEqual([first!.id, first!.data]);
    expect(at.texts).toEqual(['order']);
  }, 60_000);

  it('leaves a message that goes on by SMS to the template there, and the fact says what it stands for (guide 002, section 3)', async () => {
    const { account, at } = bench.nextAccount();
    const { order, short } = await threeOf(account);
    await files.becomes(order, 'DISABLED');
    await files.becomes(short, 'REJECTED');
    const command = optedCommand(account, { content: named('order') });
    const goesOn = (await factOf(command)).command as SendMessage;
    expect(await factOf(goesOn)).toMatchObject({
      type: 'message.sent',
      divertedFrom: command.messageId,
      agentless: true,
      content: { name: 'order_sms', variables: { order: 'A-1' } },
    });
    expect(at.notifications.map(({ body }) => body)).toEqual([
      {
        conversationType: 'sms',
        addresses: [{ channelType: 'SMS', address: goesOn.contact }],
        templateId: 'tpl-order_sms',
        body: { order: 'A-1' },
      },
    ]);
  }, 60_000);

  it('fails with the reason, and what was tried, when no fallback may be sent either', async () => {
    const { account, at } = bench.nextAccount();
    const { order, short, sms } = await threeOf(account);
    await files.becomes(order, 'REJECTED', 'POLICY_VIOLATION');
    await files.becomes(short, 'PENDING');
    await files.becomes(sms, 'DRAFT');
    const command = optedCommand(account, { content: named('order') });
    const fact = await factOf(command);
    expect(fact).toMatchObject({ type: 'message.failed', code: 'template-not-approved' });
    expect(fact.reason).toMatch(
      /"order" \(en\) is REJECTED: POLICY_VIOLATION; .*"order_short".* PENDING.*"order_sms".* DRAFT/,
    );
    expect(at.arrivals).toEqual([]);
    expect(logged(command)).toMatchObject([{ template: 'order', code: 'template-not-approved' }]);
  }, 60_000);

  it('that is rejected between the decision and begin does not leave: it is decided anew', async () => {
    const { account, at } = bench.nextAccount();
    const { order } = await threeOf(account);
    // The queue is looked up after the decision, and before the conversation for the message is begun.
    at.lookUpAnswer = () => {
      files.table.overlay(stateOf(order, 'REJECTED', 'POLICY_VIOLATION'), Number.MAX_SAFE_INTEGER);
      return undefined;
    };
    const fact = await factOf(optedCommand(account, { content: named('order') }));
    expect(fact).toMatchObject({ type: 'message.sent', changed: 'fallback' });
    expect([at.opened.length, at.texts]).toEqual([1, ['order_short']]);
  }, 60_000);

  it('is not diverted when it has expired', async () => {
    const { account } = bench.nextAccount();
    const { order, short } = await threeOf(account);
    await files.becomes(order, 'REJECTED');
    await files.becomes(short, 'REJECTED');
    const expiresAt = new Date(Date.now() - 1).toISOString();
    expect(await factOf(optedCommand(account, { content: named('order'), expiresAt }))).toMatchObject({
      code: 'expired',
    });
  }, 60_000);
});

describe('the template for a closed window', () => {
  const windowTemplate = { name: 'order', language: 'en', variables: VALUES };

  it('has its fallback, too, and its other channel', async () => {
    const { account, at } = bench.nextAccount();
    const { order, short } = await threeOf(account);
    await files.becomes(order, 'REJECTED');
    const over = { ifWindowClosed: 'template' as const, windowTemplate };
    const first = whatsappCommand(account, over);
    await bench.customerWrote(first, { hoursAgo: 30 });
    expect(await factOf(first)).toMatchObject({ changed: 'fallback', content: { name: 'order_short' } });
    await files.becomes(short, 'REJECTED');
    const second = next(first, over);
    expect(await factOf(second)).toMatchObject({
      type: 'message.diverted',
      command: { content: { name: 'order_sms' } },
    });
    expect(at.texts).toEqual(['order_short']);
  }, 60_000);

  it('that asks the customer to write is asked by SMS once, however many messages are held', async () => {
    const { account } = bench.nextAccount();
    const { order, short } = await threeOf(account);
    await files.becomes(order, 'REJECTED');
    await files.becomes(short, 'REJECTED');
    const over = { ifWindowClosed: 'hold' as const, windowTemplate };
    const first = whatsappCommand(account, over);
    await bench.customerWrote(first, { hoursAgo: 30 });
    const second = next(first, over);
    await bench.publish(first, second);
    for (const command of [first, second]) expect((await bench.outcome(command)).type).toBe('message.held');
    const ofContact = bench.outbound.filter(({ data }) => data.conversationId === first.conversationId);
    expect(ofContact.filter(({ type }) => type === 'message.diverted')).toHaveLength(1);
  }, 60_000);
});
