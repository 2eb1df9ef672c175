import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SendMessage } from '@heliograph/contracts';
import { waitFor } from '@heliograph/testing';
import { DispatcherBench, next, smsCommand, whatsappCommand } from '../../test/dispatcher-bench.ts';

let bench: DispatcherBench;
beforeAll(async () => (bench = await DispatcherBench.open()), 60_000);
afterAll(() => bench.close());

const template = (name: string, parameters: string[] = []): Pick<SendMessage, 'content'> => ({
  content: { type: 'template', name, language: 'en', parameters },
});

async function codeOf(command: SendMessage): Promise<unknown> {
  await bench.publish(command);
  const { type, code } = await bench.outcome(command);
  return type === 'message.failed' ? code : type;
}

/** Resolves when the dispatcher has read a status of the template that lets a message through, or not. */
async function untilTemplate(account: string, name: string, outcome: string): Promise<void> {
  const sees = async () => (await codeOf(smsCommand(account, template(name)))) === outcome;
  await waitFor(sees, { description: `template ${name} leads to ${outcome}` });
}

describe('free text', () => {
  it('outside the 24-hour window fails with window-closed, and nothing reaches the provider', async () => {
    const { account, at } = bench.nextAccount();
    const late = whatsappCommand(account);
    await bench.customerWrote(late, { hoursAgo: 24 });
    const never = whatsappCommand(account);
    expect([await codeOf(late), await codeOf(never)]).toEqual(['window-closed', 'window-closed']);
    expect(at.arrivals).toEqual([]);
  }, 60_000);

  it('within the window is sent, up to a margin before its end', async () => {
    const { account, at } = bench.nextAccount();
    const inTime = whatsappCommand(account);
    await bench.customerWrote(inTime, { hoursAgo: 24 - 2 / 60 });
    const justBefore = whatsappCommand(account);
    await bench.customerWrote(justBefore, { hoursAgo: 24 - 0.5 / 60 });
    expect([await codeOf(inTime), await codeOf(justBefore)]).toEqual(['message.sent', 'window-closed']);
    expect(at.messages).toHaveLength(1);
  }, 60_000);

  it('needs no window on sms', async () => {
    expect(await codeOf(smsCommand(bench.nextAccount().account))).toBe('message.sent');
  }, 60_000);
});

describe('a template', () => {
  it('that is approved is sent outside the window to a customer who once wrote, with its values', async () => {
    const { account, at } = bench.nextAccount();
    await bench.template({ account, name: 'order', status: 'APPROVED' });
    await bench.template({ account, name: 'two', status: 'APPROVED', parameterCount: 2 });
    await untilTemplate(account, 'order', 'message.sent');
    at.arrivals.length = 0;
    const command = whatsappCommand(account, template('two', ['A-1', 'noon']));
    await bench.customerWrote(command, { hoursAgo: 1_000 });
    expect(await codeOf(command)).toBe('message.sent');
    expect(at.messages[0]!.body.template).toEqual({
      name: 'two',
      language: { code: 'en' },
      components: [
        {
          type: 'body',
          parameters: [
            { type: 'text', text: 'A-1' },
            { type: 'text', text: 'noon' },
          ],
        },
      ],
    });
  }, 60_000);

  it('that is unknown, or takes another number of values, is refused', async () => {
    const { account, at } = bench.nextAccount();
    await bench.template({ account, name: 'one', status: 'APPROVED', parameterCount: 1 });
    await untilTemplate(account, 'one', 'template-parameters');
    expect(await codeOf(smsCommand(account, template('one', ['a', 'b'])))).toBe('template-parameters');
    expect(await codeOf(smsCommand(account, template('nothing')))).toBe('template-unknown');
    expect(at.arrivals).toEqual([]);
  }, 60_000);

  it('that is not approved now is refused, though it was approved before', async () => {
    const { account, at } = bench.nextAccount();
    await bench.template({ account, name: 'changing', status: 'APPROVED' });
    await untilTemplate(account, 'changing', 'message.sent');
    const sent = at.messages.length;
    await bench.template({ account, name: 'changing', status: 'PAUSED', rejectionReason: 'low quality' });
    await untilTemplate(account, 'changing', 'template-not-approved');
    const command = smsCommand(account, template('changing'));
    expect(await codeOf(command)).toBe('template-not-approved');
    expect(bench.factsOf(command)[0]!.data.reason).toBe('template "changing" (en) is PAUSED: low quality');
    expect(at.messages.length - sent).toBeLessThanOrEqual(1);
  }, 60_000);

  it('that is rejected, by us or by the provider, is logged with its conversation and name, never its values (guide 000, edge case 1)', async () => {
    const { account, at } = bench.nextAccount();
    await bench.template({ account, name: 'refused', status: 'APPROVED', parameterCount: 1 });
    await untilTemplate(account, 'refused', 'template-parameters');
    at.answer = ({ kind }) =>
      kind === 'message' ? { status: 400, body: { message: 'mismatch', code: '131050' } } : undefined;
    const commands = [smsCommand(account, template('unheard of')), smsCommand(account, template('refused', ['A-77']))];
    await bench.publish(...commands);
    for (const command of commands) expect((await bench.outcome(command)).type).toBe('message.failed');
    const logged = commands.map(({ messageId }) => {
      const lines = bench.logLines.map((line) => JSON.parse(line) as Record<string, unknown>);
      return lines.filter((line) => line.msg === 'template rejected' && line.messageId === messageId);
    });
    expect(logged).toMatchObject(
      [
        { template: 'unheard of', code: 'template-unknown' },
        { template: 'refused', code: 'sender-or-template-mismatch' },
      ].map((line, index) => [{ ...line, account, language: 'en', conversationId: commands[index]!.conversationId }]),
    );
    expect(bench.logLines.join('')).not.toContain('A-77');
  }, 60_000);

  it('of another account is unknown here', async () => {
    const [mine, other] = [bench.nextAccount().account, bench.nextAccount().account];
    await bench.template({ account: other, name: 'theirs', status: 'APPROVED' });
    await untilTemplate(other, 'theirs', 'message.sent');
    expect(await codeOf(smsCommand(mine, template('theirs')))).toBe('template-unknown');
  }, 60_000);
});

describe('whatever its content, a message', () => {
  it('that expired fails without a request, not even for a token', async () => {
    const { account, at } = bench.nextAccount();
    expect(await codeOf(smsCommand(account, { expiresAt: new Date(Date.now() - 1).toISOString() }))).toBe('expired');
    expect([at.arrivals.length, at.tokenRequests]).toEqual([0, 0]);
  }, 60_000);

  it('that expires while it waits is not sent', async () => {
    const { account, at } = bench.nextAccount();
    at.answer = () => ({ status: 429, headers: { 'retry-after': '2' } });
    const command = smsCommand(account, { expiresAt: new Date(Date.now() + 1_500).toISOString() });
    expect(await codeOf(command)).toBe('expired');
    expect(at.messages).toEqual([]);
  }, 60_000);

  it('that would open a conversation fails when no opt-in is on record, and the lane goes on', async () => {
    const { account, at } = bench.nextAccount();
    await bench.template({ account, name: 'offer', status: 'APPROVED' });
    await untilTemplate(account, 'offer', 'message.sent');
    const sent = at.arrivals.length;
    const command = whatsappCommand(account, template('offer'));
    expect(await codeOf(command)).toBe('opt-in-missing');
    expect(at.arrivals).toHaveLength(sent);
    await bench.customerWrote(command);
    expect(await codeOf(next(command))).toBe('message.sent');
  }, 60_000);
});
