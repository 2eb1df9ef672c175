import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MessageContent, SendMessage } from '@heliograph/contracts';
import { waitFor } from '@heliograph/testing';
import { DispatcherBench, next, smsCommand, whatsappCommand } from '../../test/dispatcher-bench.ts';

const FILTERS = [
  { name: 'secrets', action: 'block', words: ['top secret'] },
  { name: 'manners', action: 'mask', words: ['darn'] },
  { name: 'rivals', action: 'flag', patterns: ['(?i)globex'] },
];

let bench: DispatcherBench;
beforeAll(async () => (bench = await DispatcherBench.open({ filters: FILTERS })), 60_000);
afterAll(() => bench.close());

const text = (said: string): MessageContent => ({ type: 'text', text: said });
const menu: MessageContent = {
  type: 'quick-reply',
  title: 'Which? Darn, Globex?',
  choices: [
    { label: 'Darn socks', value: 'socks' },
    { label: 'Shoes', value: 'shoes' },
  ],
};

async function outcomeOf(command: SendMessage) {
  await bench.publish(command);
  return bench.outcome(command);
}

describe('a content just before it is sent', () => {
  it('that the channel cannot carry fails with field, limit and reason, and nothing reaches the provider', async () => {
    const { account, at } = bench.nextAccount();
    const tooLong = text('x'.repeat(766));
    for (const over of [{ content: tooLong }, { content: tooLong, ifUnsupported: 'split' as const }]) {
      expect(await outcomeOf(smsCommand(account, over))).toMatchObject({
        type: 'message.failed',
        code: 'unsupported-content',
        reason: expect.stringMatching(/^content\.text takes 6 segments \(GSM-7, 766 units\); sms allows 5/),
      });
    }
    const refused = await outcomeOf(smsCommand(account, { content: menu }));
    expect(refused).toMatchObject({ code: 'unsupported-content', content: menu });
    expect(at.arrivals).toEqual([]);
  }, 60_000);

  it('is degraded where the command allows it: the fact says what was sent, and that it is not what was asked for', async () => {
    const { account, at } = bench.nextAccount();
    const sent = await outcomeOf(smsCommand(account, { content: menu, ifUnsupported: 'degrade' }));
    const list = 'Which? ****, Globex?\n1. **** socks\n2. Shoes';
    expect(at.texts).toEqual([list]);
    expect(sent).toMatchObject({
      type: 'message.sent',
      changed: 'degraded',
      flagged: ['rivals'],
      content: {
        ...text(list),
        numbered: [
          { label: '**** socks', value: 'socks' },
          { label: 'Shoes', value: 'shoes' },
        ],
      },
    });
  }, 60_000);

  it('that a filter of the tenant blocks fails with content-blocked, naming the filter and not what it found', async () => {
    const { account, at } = bench.nextAccount();
    const failed = await outcomeOf(smsCommand(account, { content: text('Top Secret plans') }));
    expect(failed).toMatchObject({
      type: 'message.failed',
      code: 'content-blocked',
      reason: 'stopped by the content filter "secrets"',
    });
    const template: MessageContent = { type: 'template', name: 'a', language: 'en', parameters: ['top secret'] };
    expect(await outcomeOf(smsCommand(account, { content: template }))).toMatchObject({ code: 'content-blocked' });
    expect(at.arrivals).toEqual([]);
  }, 60_000);

  it('is sent as the filters mask it, and the fact says what was sent and which filters flagged it', async () => {
    const { account, at } = bench.nextAccount();
    const command = smsCommand(account, { content: text('darn globex') });
    const sent = await outcomeOf(command);
    expect(at.texts).toEqual(['**** globex']);
    expect(sent).toMatchObject({ content: text('**** globex'), flagged: ['rivals'] });
    expect(sent).not.toHaveProperty('changed');
    await bench.publish(command);
    const [first, again] = await waitFor(() => bench.factsOf(command).length === 2 && bench.factsOf(command), {
      description: 'the outcome is published again',
    });
    expect([again!.id, again!.data]).toEqual([first!.id, first!.data]);
  }, 60_000);

  it('of a part says which part of what it is', async () => {
    const { account } = bench.nextAccount();
    const first = smsCommand(account);
    const part = { of: first.messageId, index: 1, count: 2 };
    const second = next(first, { part: { ...part, index: 2 } });
    await bench.publish({ ...first, part }, second);
    expect((await bench.outcome(first)).part).toEqual(part);
    expect((await bench.outcome(second)).part).toEqual({ ...part, index: 2 });
  }, 60_000);

  it('on WhatsApp needs the 24-hour window whatever its type, templates apart (guide 000, section 4)', async () => {
    const { account, at } = bench.nextAccount();
    const place: MessageContent = { type: 'location', latitude: 1, longitude: 2 };
    const picture: MessageContent = { type: 'image', url: 'https://files.example.test/a.png' };
    for (const content of [text('hello'), place, picture]) {
      const command = whatsappCommand(account, { content });
      await bench.customerWrote(command, { hoursAgo: 25 });
      expect(await outcomeOf(command)).toMatchObject({ type: 'message.failed', code: 'window-closed' });
    }
    expect(at.arrivals).toEqual([]);
  }, 60_000);
});
