import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { SendMessage } from '@heliograph/contracts';
import { profileOf, type CallResult, type LookedUp, type LookUpRequest, type Profile } from '@heliograph/providers';
import { waitFor } from '@heliograph/testing';
import { DispatcherBench, next, smsCommand } from '../../test/dispatcher-bench.ts';
import type { Answer, ProviderAccount } from '../../test/provider-stub.ts';

/** What the provider answers to a look-up, and what it was asked. */
let lookUp: (request: LookUpRequest) => CallResult<LookedUp>;
const asked: LookUpRequest[] = [];

/** The guides' profile with what they do not show: a look-up by our reference, and receipts that carry it. */
function extended(offers: 'look-up' | 'receipts'): Profile {
  const guide = profileOf('genesys-guide')!;
  return {
    ...guide,
    ...(offers === 'receipts' && { receiptsCarryReference: true }),
    client: (account, deps) => {
      const client = guide.client(account, deps);
      if (offers === 'receipts') return client;
      const lookUpMessage = (request: LookUpRequest) => {
        asked.push(request);
        return Promise.resolve(lookUp(request));
      };
      return Object.assign(client, { lookUpMessage });
    },
  };
}

let bench: DispatcherBench;
const profiles = { 'look-up': extended('look-up'), receipts: extended('receipts') };
beforeAll(async () => (bench = await DispatcherBench.open({ requestTimeoutMs: 300, profiles })), 60_000);
afterAll(() => bench.close());
beforeEach(() => void asked.splice(0));

/** The provider takes every message, and the first answer never comes. */
function loseFirstAnswer(at: ProviderAccount): void {
  let lost: Answer = 'hang';
  at.answer = ({ kind }) => {
    if (kind !== 'message') return undefined;
    const answer = lost;
    lost = undefined;
    return answer;
  };
}
const campaign = { class: 'campaign' as const };
const resolutions = async (account: string, by: string) => {
  const metrics = await (await fetch(`${bench.service.address}/metrics`)).text();
  const name = `heliograph_dispatcher_resolutions_total{account="${account}",by="${by}"}`;
  return metrics.split('\n').find((line) => line.startsWith(name));
};

describe('a send whose answer never came, at a provider that can be asked', () => {
  it.each([['transactional'], ['campaign']] as const)(
    'that arrived is sent, unmarked, and not sent again: %s',
    async (kind) => {
      const { account, at } = bench.nextAccount('look-up');
      loseFirstAnswer(at);
      lookUp = () => ({ outcome: 'ok', value: { found: true, providerMessageId: 'found-1' } });
      const command = smsCommand(account, { class: kind });
      const following = next(command);
      await bench.publish(command, following);
      const expected = { type: 'message.sent', possiblyRepeated: false, providerMessageId: 'found-1' };
      expect(await bench.outcome(command)).toMatchObject({ ...expected, resolvedBy: 'look-up' });
      expect((await bench.outcome(following)).resolvedBy).toBeUndefined();
      expect(at.messages).toHaveLength(2);
      expect(asked).toEqual([{ providerConversationId: at.messages[0]!.conversationId, reference: command.messageId }]);
      expect(await resolutions(account, 'look-up')).toMatch(/ 1$/);
    },
    60_000,
  );

  it('that never arrived is sent again, unmarked, for campaigns too', async () => {
    const { account, at } = bench.nextAccount('look-up');
    loseFirstAnswer(at);
    lookUp = () => ({ outcome: 'ok', value: { found: false } });
    const command = smsCommand(account, campaign);
    await bench.publish(command);
    const expected = { type: 'message.sent', possiblyRepeated: false, resolvedBy: 'look-up' };
    expect(await bench.outcome(command)).toMatchObject(expected);
    expect(at.messages).toHaveLength(2);
  }, 60_000);

  it('that the provider cannot tell of goes by the policy of its class', async () => {
    const { account, at } = bench.nextAccount('look-up');
    loseFirstAnswer(at);
    lookUp = () => ({ outcome: 'unknown', reason: 'status 500' });
    const command = smsCommand(account);
    await bench.publish(command);
    const expected = { type: 'message.sent', possiblyRepeated: true, resolvedBy: 'resend' };
    expect(await bench.outcome(command)).toMatchObject(expected);
    expect([asked.length, at.messages.length]).toEqual([1, 2]);
    expect(await resolutions(account, 'resend')).toMatch(/ 1$/);
    loseFirstAnswer(at);
    const bulk = smsCommand(account, campaign);
    await bench.publish(bulk);
    expect(await bench.outcome(bulk)).toMatchObject({ type: 'message.unresolved', resolvedBy: 'report' });
    expect(await resolutions(account, 'report')).toMatch(/ 1$/);
  }, 60_000);

  it('is asked about again after a throttle, and by the next process', async () => {
    const { account, at } = bench.nextAccount('look-up');
    at.answer = ({ kind }) => (kind === 'message' ? 'hang' : undefined);
    lookUp = () => ({ outcome: 'throttled', retryAt: Date.now() + 500, named: true, reason: 'status 429' });
    const command = smsCommand(account);
    await bench.publish(command);
    await waitFor(() => asked.length > 1, { description: 'it was asked again' });
    await bench.abandon();
    lookUp = () => ({ outcome: 'ok', value: { found: true, providerMessageId: 'found-2' } });
    await bench.start();
    expect(await bench.outcome(command)).toMatchObject({ providerMessageId: 'found-2', possiblyRepeated: false });
    expect(at.messages).toHaveLength(1);
  }, 60_000);
});

describe('a send whose answer never came, at a provider whose receipts carry our reference', () => {
  const receiptFor = (command: SendMessage) =>
    bench.customerWrote(command, {
      earlyReceipts: [
        {
          providerMessageId: 'told-1',
          reference: command.messageId,
          status: 'delivered',
          at: new Date().toISOString(),
        },
      ],
    });

  it('that a receipt tells of is sent, unmarked, and not sent again', async () => {
    const { account, at } = bench.nextAccount('receipts');
    loseFirstAnswer(at);
    const command = smsCommand(account, campaign);
    await bench.publish(command);
    await waitFor(() => at.messages.length === 1, { description: 'the message arrived' });
    await receiptFor(command);
    const expected = { type: 'message.sent', possiblyRepeated: false, providerMessageId: 'told-1' };
    expect(await bench.outcome(command)).toMatchObject({ ...expected, resolvedBy: 'receipt' });
    expect(at.messages).toHaveLength(1);
    expect(await resolutions(account, 'receipt')).toMatch(/ 1$/);
  }, 60_000);

  it('that none tells of goes by the policy of its class', async () => {
    const { account, at } = bench.nextAccount('receipts');
    loseFirstAnswer(at);
    const command = smsCommand(account);
    await bench.publish(command);
    const expected = { type: 'message.sent', possiblyRepeated: true, resolvedBy: 'resend' };
    expect(await bench.outcome(command)).toMatchObject(expected);
    expect(at.messages).toHaveLength(2);
  }, 60_000);
});
