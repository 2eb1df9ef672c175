import { randomUUID } from 'node:crypto';
import { EVENTS, problemsOf, type SendMessage } from '@heliograph/contracts';
import { consentEventId } from '@heliograph/consent';
import { waitFor } from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DispatcherBench, menuCommand, next, smsCommand, whatsappCommand } from '../../test/dispatcher-bench.ts';

let bench: DispatcherBench;
beforeAll(async () => (bench = await DispatcherBench.open()), 60_000);
afterAll(() => bench.close());

const out = (ms = Date.now()) => ({ state: 'out' as const, at: new Date(ms).toISOString(), source: 'api' as const });
const yes = () => ({ state: 'in' as const, at: new Date().toISOString(), source: 'api' as const });

async function ends(command: SendMessage): Promise<string> {
  await bench.publish(command);
  return (await bench.outcome(command)).type;
}

describe('a message to a contact who has opted out', () => {
  it('is suppressed on every channel, by a fact of its own; nobody asks for a token or a conversation', async () => {
    const { account, at } = bench.nextAccount();
    for (const command of [smsCommand(account), whatsappCommand(account), menuCommand(account)]) {
      const changeId = randomUUID();
      await bench.customerWrote(command);
      await bench.contactStops(command, changeId);
      expect(await ends(command)).toBe('message.suppressed');
      const [fact] = bench.factsOf(command);
      expect(problemsOf(EVENTS.messageSuppressed.data!, fact!.data)).toEqual([]);
      expect(fact!.data).toMatchObject({
        ...{ code: 'opted-out', purpose: 'all', source: 'keyword', class: 'transactional' },
        ...{ subject: bench.consentOf(command).subject, consentEventId: consentEventId(changeId) },
        reason: expect.stringMatching(/^the contact has opted out of everything on 20\S+, told by a keyword$/),
      });
    }
    expect([at.arrivals.length, at.tokenRequests]).toEqual([0, 0]);
  }, 60_000);

  it('is suppressed on the other channel of the same number, too', async () => {
    const { account } = bench.nextAccount();
    const sms = smsCommand(account);
    await bench.contactStops(sms);
    const chat = whatsappCommand(account, { contact: sms.contact.replace('+', '') });
    await bench.customerWrote(chat);
    expect(await ends(chat)).toBe('message.suppressed');
  }, 60_000);

  it('ends once: the command given again says the same again, word for word', async () => {
    const command = smsCommand(bench.nextAccount().account);
    await bench.contactStops(command);
    await ends(command);
    await bench.contactStands(command, { all: { ...yes(), at: new Date(Date.now() + 1).toISOString() } });
    await bench.publish(command);
    const [first, again] = await waitFor(
      () => (bench.factsOf(command).length > 1 ? bench.factsOf(command) : undefined),
      { description: 'it is said again' },
    );
    expect([again!.id, again!.data]).toEqual([first!.id, first!.data]);
  }, 60_000);

  it('is sent when it is the answer to the keyword', async () => {
    const command = smsCommand(bench.nextAccount().account, { consentReply: 'opt-out' });
    await bench.contactStops(command);
    expect(await ends(command)).toBe('message.sent');
    expect(await ends(next(command, { consentReply: undefined }))).toBe('message.suppressed');
  }, 60_000);

  it('is suppressed of campaigns alone where the contact said no to marketing', async () => {
    const command = smsCommand(bench.nextAccount().account);
    await bench.contactStands(command, { marketing: out() });
    expect(await ends(command)).toBe('message.sent');
    expect(await ends(next(command, { class: 'campaign' }))).toBe('message.suppressed');
    expect(bench.outbound.at(-1)!.data).toMatchObject({ purpose: 'marketing', class: 'campaign' });
  }, 60_000);

  it('is sent after a later yes', async () => {
    const command = smsCommand(bench.nextAccount().account);
    await bench.contactStops(command);
    expect(await ends(command)).toBe('message.suppressed');
    await bench.contactStands(command, { all: { ...yes(), at: new Date(Date.now() + 1).toISOString() } });
    expect(await ends(next(command))).toBe('message.sent');
  }, 60_000);
});

describe('from a STOP on', () => {
  it('no message begins: what is under way is at most one of each conversation, all later ones are suppressed', async () => {
    const { account, at } = bench.nextAccount();
    const sms = smsCommand(account);
    const chat = whatsappCommand(account, { contact: sms.contact.replace('+', '') });
    await bench.customerWrote(chat);
    const all = Array.from({ length: 150 }, () => [next(sms), next(chat)]).flat();
    await bench.publish(...all);
    await waitFor(() => at.messages.length > 20, { description: 'they are being sent' });
    await bench.contactStops(sms);
    const sent = at.messages.length;
    const types = await Promise.all(all.map(async (command) => (await bench.outcome(command, 60_000)).type));
    expect(at.messages.length).toBeLessThanOrEqual(sent + 2);
    expect(types.filter((type) => type === 'message.sent')).toHaveLength(at.messages.length);
    expect(types.filter((type) => type === 'message.suppressed')).toHaveLength(all.length - at.messages.length);
    for (const command of all) expect(bench.factsOf(command)).toHaveLength(1);
  }, 120_000);

  it('messages that wait already are suppressed: none of them reaches the provider', async () => {
    const { account, at } = bench.nextAccount();
    const first = smsCommand(account);
    await ends(first);
    const sent = at.messages.length;
    at.answer = ({ kind }) => (kind === 'message' ? { status: 429, headers: { 'retry-after': '2' } } : undefined);
    const waiting = Array.from({ length: 5 }, () => next(first));
    await bench.publish(...waiting);
    await waitFor(() => at.arrivals.filter(({ kind }) => kind === 'message').length > sent, {
      description: 'the first of them is throttled',
    });
    await bench.contactStops(first);
    at.answer = () => undefined;
    for (const command of waiting) expect((await bench.outcome(command)).type).toBe('message.suppressed');
    // The one that was throttled, before.
    expect(at.messages).toHaveLength(sent + 1);
  }, 60_000);
});

describe('while it is not known who has opted out', () => {
  it('a message waits without a request, delays no contact of another partition, and is sent when it is known', async () => {
    const { account, at } = bench.nextAccount();
    const held = smsCommand(account);
    const others = Array.from({ length: 6 }, () => smsCommand(account));
    await bench.consentIsLost(held);
    await bench.publish(held, ...others);
    const isOut = (command: SendMessage) => bench.factsOf(command).length > 0;
    await waitFor(() => others.some(isOut), { description: 'contacts of other partitions get theirs' });
    expect(isOut(held)).toBe(false);
    expect(JSON.stringify(at.messages)).not.toContain(held.contact);
    await bench.sessionsAreBack();
    expect((await bench.outcome(held)).type).toBe('message.sent');
  }, 60_000);
});

describe('an opt-in on record', () => {
  it('lets the first message be ours where the sender needs one', async () => {
    const { account } = bench.nextAccount();
    await bench.template({ account, name: 'offer', status: 'APPROVED' });
    const content = { type: 'template' as const, name: 'offer', language: 'en', parameters: [] };
    const without = () => whatsappCommand(account, { content });
    await waitFor(
      async () => {
        const command = without();
        await bench.publish(command);
        return (await bench.outcome(command)).code === 'opt-in-missing';
      },
      { description: 'the template is known' },
    );
    const command = without();
    await bench.contactStands(command, { all: yes() });
    expect(await ends(command)).toBe('message.sent');
  }, 60_000);
});
