import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SendMessage } from '@heliograph/contracts';
import { waitFor } from '@heliograph/testing';
import { DispatcherBench, next, optedCommand } from '../../test/dispatcher-bench.ts';
import type { Answer, ProviderAccount } from '../../test/provider-stub.ts';
import { definitionOf, named, shortOf, smsOf, TemplateFiles } from '../../test/template-files.ts';

let bench: DispatcherBench;
let files: TemplateFiles;
beforeAll(async () => {
  bench = await DispatcherBench.open({ requestTimeoutMs: 500 });
  files = new TemplateFiles(bench);
}, 60_000);
afterAll(() => bench.close());

const MISMATCH: Answer = { status: 400, body: { message: 'template name does not exist', code: '131050' } };
const refuses = (at: ProviderAccount, ...templates: string[]) =>
  (at.answer = ({ kind, text }) => (kind === 'message' && templates.includes(text ?? '') ? MISMATCH : undefined));

async function withFallbacks(over: Partial<SendMessage> = {}) {
  const { account, at } = bench.nextAccount();
  const by = { template: 'order_sms', channel: 'sms' as const, sender: `sms-${account}` };
  const [short, sms] = [shortOf(account, 'order_short'), smsOf(account, 'order_sms')];
  const order = definitionOf(account, 'order', { fallbacks: [{ template: 'order_short' }, by] });
  await files.apply(sms, short, order);
  return { account, at, order, short, command: optedCommand(account, { content: named('order'), ...over }) };
}

async function factOf(command: SendMessage): Promise<Record<string, unknown>> {
  await bench.publish(command);
  return bench.outcome(command);
}

const codesLogged = ({ messageId }: SendMessage) =>
  bench.logLines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((line) => line.msg === 'template rejected' && line.messageId === messageId)
    .map(({ template, code }) => `${String(template)} ${String(code)}`);

describe('a template that the provider refuses at the send with 131050 (guide 000, edge case 1)', () => {
  it('is followed by its fallback, unmarked, and the refusal is logged', async () => {
    const { at, command } = await withFallbacks();
    refuses(at, 'order');
    const fact = await factOf(command);
    expect(fact).toMatchObject({ type: 'message.sent', changed: 'fallback', possiblyRepeated: false });
    expect(fact).toMatchObject({ content: { name: 'order_short', parameters: ['Jana'] } });
    expect(at.texts).toEqual(['order', 'order_short']);
    expect(codesLogged(command)).toEqual(['order sender-or-template-mismatch']);
  }, 60_000);

  it('is followed by one fallback only', async () => {
    const { at, command } = await withFallbacks();
    refuses(at, 'order', 'order_short');
    expect(await factOf(command)).toMatchObject({ type: 'message.failed', code: 'sender-or-template-mismatch' });
    expect(at.texts).toEqual(['order', 'order_short']);
  }, 60_000);

  it('goes on by another channel where that is the first that may be sent', async () => {
    const { at, short, command } = await withFallbacks();
    await files.becomes(short, 'PAUSED');
    refuses(at, 'order');
    expect(await factOf(command)).toMatchObject({
      type: 'message.diverted',
      code: 'sender-or-template-mismatch',
      command: { channel: 'sms', content: { name: 'order_sms' } },
    });
    expect(at.texts).toEqual(['order']);
  }, 60_000);

  it('fails without a fallback, for good: one that may be sent later changes nothing for a repeat', async () => {
    const { account, at } = bench.nextAccount();
    const short = shortOf(account, 'order_short');
    await files.apply(short, definitionOf(account, 'order', { fallbacks: [{ template: 'order_short' }] }));
    await files.becomes(short, 'PENDING');
    refuses(at, 'order');
    const command = optedCommand(account, { content: named('order') });
    expect(await factOf(command)).toMatchObject({ type: 'message.failed', attempt: expect.any(String) });
    await files.becomes(short, 'APPROVED');
    const behind = next(command);
    await bench.publish(command, behind);
    await bench.outcome(behind);
    const [first, again] = bench.factsOf(command);
    expect([again!.id, again!.data]).toEqual([first!.id, first!.data]);
    expect(at.texts).toEqual(['order']);
  }, 60_000);

  it('is not followed by anything after an attempt of unknown outcome', async () => {
    const { at, command } = await withFallbacks();
    let messages = 0;
    at.answer = ({ kind }) => (kind !== 'message' ? undefined : messages++ === 0 ? 'hang' : MISMATCH);
    expect(await factOf(command)).toMatchObject({ type: 'message.unresolved' });
    expect(at.texts).toEqual(['order', 'order']);
  }, 60_000);
});

describe('a template that is rejected while the outcome of its attempt is unknown', () => {
  it('has no fallback: the message is unresolved', async () => {
    const { at, order, command } = await withFallbacks();
    at.answer = ({ kind }) => (kind === 'message' ? 'hang' : undefined);
    await bench.publish(command);
    await waitFor(() => at.messages.length === 1, { description: 'the attempt arrived' });
    await files.becomes(order, 'REJECTED');
    expect(await bench.outcome(command)).toMatchObject({ type: 'message.unresolved' });
    expect(at.texts).toEqual(['order']);
  }, 60_000);
});

describe('a dispatcher that ended while it', () => {
  it('waited for the answer of a fallback does not send again what may have arrived', async () => {
    const { at, order, command } = await withFallbacks();
    await files.becomes(order, 'REJECTED');
    at.answer = ({ kind }) => (kind === 'message' ? 'hang' : undefined);
    await bench.publish(command);
    await waitFor(() => at.messages.length === 1, { description: 'the fallback arrived' });
    await bench.abandon();
    await bench.start();
    expect(await bench.outcome(command)).toMatchObject({ type: 'message.unresolved' });
    expect(at.texts).toEqual(['order_short']);
  }, 60_000);

  it('was about to send a fallback after a refusal leaves that to the next one, which sends it once', async () => {
    const { at, command } = await withFallbacks();
    const waits: Answer = { status: 429, headers: { 'retry-after': '1' } };
    const throttled: string[] = [];
    at.answer = ({ kind, text = '' }) => {
      if (kind !== 'message') return undefined;
      if (text === 'order') return MISMATCH;
      return throttled.push(text) === 1 ? waits : undefined;
    };
    await bench.publish(command);
    await waitFor(() => throttled.length > 0, { description: 'the fallback is throttled' });
    await bench.abandon();
    await bench.start();
    const fact = await bench.outcome(command);
    expect(fact).toMatchObject({ type: 'message.sent', changed: 'fallback', possiblyRepeated: false });
    expect(at.texts).toEqual(['order', 'order_short', 'order_short']);
  }, 60_000);
});
