import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SendMessage } from '@heliograph/contracts';
import { waitFor } from '@heliograph/testing';
import { DispatcherBench, smsCommand } from '../../test/dispatcher-bench.ts';

let bench: DispatcherBench;
beforeAll(async () => (bench = await DispatcherBench.open()), 60_000);
afterAll(() => bench.close());

const asks = (account: string, rest: Partial<SendMessage> = {}) =>
  smsCommand(account, { content: { type: 'template', name: 'order', language: 'en', parameters: [] }, ...rest });

/** An account with one template that the dispatcher knows as approved, and whose facts are current or not. */
async function approved(are: 'current' | 'not current') {
  const { account, at } = bench.nextAccount();
  await bench.template({ account, name: 'order', status: 'APPROVED' });
  const first = asks(account);
  const sent = async () => {
    const command = asks(account);
    await bench.publish(command);
    return (await bench.outcome(command)).type === 'message.sent';
  };
  await bench.publish(first);
  await bench.outcome(first);
  await waitFor(sent, { description: 'the template is known' });
  await bench.templatesAre(account, are);
  at.arrivals.length = 0;
  at.templateLookUps.length = 0;
  return { account, at };
}

const error = { status: 500, body: { message: 'not now' } };

describe('a template whose facts are current', () => {
  it('is sent', async () => {
    const { account, at } = await approved('current');
    const command = asks(account);
    await bench.publish(command);
    expect((await bench.outcome(command)).type).toBe('message.sent');
    expect(at.messages).toHaveLength(1);
  }, 60_000);
});

describe('a template whose facts are not current', () => {
  it('is looked up at the provider, and sent when that says that it is approved', async () => {
    const { account, at } = await approved('not current');
    const command = asks(account);
    await bench.publish(command);
    expect((await bench.outcome(command)).type).toBe('message.sent');
    expect(at.templateLookUps[0]).toBe('order');
    expect(at.messages).toHaveLength(1);
  }, 60_000);

  it.each([
    ['REJECTED', { status: 'REJECTED' }],
    ['a word that nobody knows', { status: 'SOMETHING' }],
  ])(
    'is refused when the provider says %s, whatever was told before',
    async (_, { status }) => {
      const { account, at } = await approved('not current');
      at.templateAnswer = (id) => ({
        status: 200,
        body: { id, name: 'order', language: 'en', status, components: [] },
      });
      const command = asks(account);
      await bench.publish(command);
      expect(await bench.outcome(command)).toMatchObject({ type: 'message.failed', code: 'template-not-approved' });
      expect(at.messages).toEqual([]);
    },
    60_000,
  );

  it('is refused when the provider does not have it any more', async () => {
    const { account, at } = await approved('not current');
    at.templates.clear();
    const command = asks(account);
    await bench.publish(command);
    expect(await bench.outcome(command)).toMatchObject({ type: 'message.failed', code: 'template-not-approved' });
    expect(at.messages).toEqual([]);
  }, 60_000);

  it('is held while the provider cannot tell, and sent when it can', async () => {
    const { account, at } = await approved('not current');
    at.templateAnswer = () => error;
    const command = asks(account);
    await bench.publish(command);
    await waitFor(() => at.templateLookUps.length >= 3, { description: 'it is looked up again and again' });
    expect(at.arrivals).toEqual([]);
    expect(bench.factsOf(command)).toEqual([]);
    at.templateAnswer = () => undefined;
    expect((await bench.outcome(command)).type).toBe('message.sent');
  }, 60_000);

  it('is held while the provider cannot tell, and sent when its facts are current again', async () => {
    const { account, at } = await approved('not current');
    at.templateAnswer = () => error;
    const command = asks(account);
    await bench.publish(command);
    await waitFor(() => at.templateLookUps.length > 0, { description: 'it is looked up' });
    await bench.templatesAre(account, 'current');
    expect((await bench.outcome(command)).type).toBe('message.sent');
  }, 60_000);

  it('fails when its message expires while it is held', async () => {
    const { account, at } = await approved('not current');
    at.templateAnswer = () => error;
    const command = asks(account, { expiresAt: new Date(Date.now() + 1_000).toISOString() });
    await bench.publish(command);
    expect(await bench.outcome(command)).toMatchObject({ type: 'message.failed', code: 'expired' });
    expect(at.arrivals).toEqual([]);
  }, 60_000);

  it('is not looked up for each of the messages that wait for it: they share the answers', async () => {
    const { account, at } = await approved('not current');
    let answer!: () => void;
    const held = new Promise<undefined>((resolve) => (answer = () => resolve(undefined)));
    at.templateAnswer = () => held;
    const commands = Array.from({ length: 20 }, () => asks(account));
    await bench.publish(...commands);
    await waitFor(() => at.templateLookUps.length > 0, { description: 'it is looked up' });
    expect(at.arrivals).toEqual([]);
    answer();
    at.templateAnswer = () => undefined;
    for (const command of commands) expect((await bench.outcome(command)).type).toBe('message.sent');
    expect(at.messages).toHaveLength(commands.length);
    expect(at.templateLookUps.length).toBeLessThan(commands.length);
  }, 60_000);

  it('does not hold messages that are no templates, nor templates of other accounts', async () => {
    const { account, at } = await approved('not current');
    at.templateAnswer = () => error;
    const held = asks(account);
    const text = smsCommand(account);
    const other = await approved('current');
    const elsewhere = asks(other.account);
    await bench.publish(held, text, elsewhere);
    expect((await bench.outcome(text)).type).toBe('message.sent');
    expect((await bench.outcome(elsewhere)).type).toBe('message.sent');
    expect(bench.factsOf(held)).toEqual([]);
  }, 60_000);
});
