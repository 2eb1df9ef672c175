import { randomUUID } from 'node:crypto';
import { EVENTS, problemsOf, type SendMessage } from '@heliograph/contracts';
import { waitFor } from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { campaignCommand, DispatcherBench, next, optedCommand } from '../../test/dispatcher-bench.ts';
import { definitionOf, named, TemplateFiles } from '../../test/template-files.ts';

let bench: DispatcherBench;
beforeAll(async () => (bench = await DispatcherBench.open()), 60_000);
afterAll(() => bench.close());

const THROTTLED = { status: 429, headers: { 'retry-after': '3600' } };
const typesOf = async (commands: readonly SendMessage[]) =>
  Promise.all(commands.map(async (command) => (await bench.outcome(command, 60_000)).type));
const isOut = (command: SendMessage) => bench.factsOf(command).length > 0;

describe('a message of a campaign', () => {
  it('is sent while the campaign goes on, and its fact says which one it was', async () => {
    const campaignId = randomUUID();
    const command = campaignCommand(bench.nextAccount().account, campaignId);
    await bench.campaignIs(campaignId, 'open');
    await bench.publishCampaign(command);
    expect(await bench.outcome(command)).toMatchObject({ type: 'message.sent', campaignId });
  }, 60_000);

  it('is held while the campaign is stopped, without a request; the conversation flows on, and it is sent when given again', async () => {
    const campaignId = randomUUID();
    const { account, at } = bench.nextAccount();
    const command = campaignCommand(account, campaignId);
    await bench.campaignIs(campaignId, 'shut');
    await bench.publishCampaign(command);
    expect(await bench.outcome(command)).toMatchObject({ type: 'message.held', cause: 'campaign', command });
    expect(problemsOf(EVENTS.messageHeld.data!, bench.factsOf(command)[0]!.data)).toEqual([]);
    expect([at.arrivals.length, at.tokenRequests]).toEqual([0, 0]);
    const reply = next(command, { class: 'transactional', campaign: undefined });
    await bench.publish(reply);
    expect((await bench.outcome(reply)).type).toBe('message.sent');
    await bench.campaignIs(campaignId, 'open');
    await bench.publishCampaign(command, command);
    const says = () => bench.factsOf(command).map(({ type }) => type);
    await waitFor(() => says().length > 2, { description: 'it is sent' });
    expect(says()).toEqual(['message.held', 'message.sent', 'message.sent']);
    expect(at.messages).toHaveLength(2);
  }, 60_000);

  it('is held while its template may not be sent, since that halts the campaign, and sent when given again', async () => {
    const campaignId = randomUUID();
    const { account, at } = bench.nextAccount();
    const files = new TemplateFiles(bench);
    const order = definitionOf(account, 'order');
    await files.apply(order);
    await files.becomes(order, 'REJECTED', 'POLICY_VIOLATION');
    const campaign = { campaignId, row: '0' };
    const command = optedCommand(account, { content: named('order'), class: 'campaign', campaign });
    await bench.campaignIs(campaignId, 'open');
    await bench.publishCampaign(command);
    expect(await bench.outcome(command)).toMatchObject({
      type: 'message.held',
      cause: 'campaign',
      resumeAt: expect.any(String) as unknown,
    });
    expect(at.messages).toHaveLength(0);
    await files.becomes(order, 'APPROVED');
    await bench.publishCampaign(command);
    const says = () => bench.factsOf(command).map(({ type }) => type);
    await waitFor(() => says().length > 1, { description: 'it is sent' });
    expect(says()).toEqual(['message.held', 'message.sent']);
  }, 60_000);

  it('fails when the campaign has ended', async () => {
    const campaignId = randomUUID();
    const { account, at } = bench.nextAccount();
    const command = campaignCommand(account, campaignId);
    await bench.campaignIs(campaignId, 'ended');
    await bench.publishCampaign(command);
    expect(await bench.outcome(command)).toMatchObject({ type: 'message.failed', code: 'campaign-ended', campaignId });
    expect(at.arrivals).toHaveLength(0);
  }, 60_000);

  it('waits while it is not known whether the campaign goes on, and delays nobody else', async () => {
    const campaignId = randomUUID();
    const command = campaignCommand(bench.nextAccount().account, campaignId);
    const reply = next(command, { class: 'transactional', campaign: undefined });
    await bench.publishCampaign(command);
    await bench.publish(reply);
    expect((await bench.outcome(reply)).type).toBe('message.sent');
    expect(isOut(command)).toBe(false);
    await bench.campaignIs(campaignId, 'open');
    expect((await bench.outcome(command)).type).toBe('message.sent');
  }, 60_000);

  it('is suppressed, not held, when its contact has said no', async () => {
    const campaignId = randomUUID();
    const command = campaignCommand(bench.nextAccount().account, campaignId);
    await bench.campaignIs(campaignId, 'shut');
    await bench.contactStops(command);
    await bench.publishCampaign(command);
    expect(await bench.outcome(command)).toMatchObject({ type: 'message.suppressed', campaignId });
  }, 60_000);

  it('names its contact to nobody by the name that the tenant gave: equal names, of any characters, are two contacts', async () => {
    const campaignId = randomUUID();
    const { account, at } = bench.nextAccount();
    const externalId = '003/Ω "x" \u{1F4E8}\u0000';
    const both = [1, 2].map(() => campaignCommand(account, campaignId, { externalId }));
    await bench.campaignIs(campaignId, 'open');
    await bench.publishCampaign(...both);
    expect(await typesOf(both)).toEqual(['message.sent', 'message.sent']);
    const [one, two] = both.map((command) => bench.factsOf(command)[0]!.data);
    expect(one!.providerConversationId).not.toBe(two!.providerConversationId);
    expect(JSON.stringify(at.arrivals.map(({ body }) => body))).not.toMatch(/003|Ω/);
  }, 60_000);

  it('that was diverted waits in its place: there is no recipient by which it could be given again', async () => {
    const campaignId = randomUUID();
    const command = campaignCommand(bench.nextAccount().account, campaignId, { divertedFrom: randomUUID() });
    await bench.campaignIs(campaignId, 'shut');
    await bench.publish(command);
    const later = next(command, { campaign: undefined, class: 'transactional', divertedFrom: undefined });
    await bench.publish(later);
    await bench.campaignIs(campaignId, 'open');
    expect(await typesOf([command, later])).toEqual(['message.sent', 'message.sent']);
    expect(bench.factsOf(command)).toHaveLength(1);
  }, 60_000);
});

describe('from the moment a campaign is stopped', () => {
  it('each of its messages is sent or held, once, and what was held reached nobody', async () => {
    const campaignId = randomUUID();
    const { account, at } = bench.nextAccount();
    const all = Array.from({ length: 150 }, () => campaignCommand(account, campaignId));
    await bench.campaignIs(campaignId, 'open');
    await bench.publishCampaign(...all);
    await waitFor(() => at.messages.length > 20, { description: 'they are being sent' });
    await bench.campaignIs(campaignId, 'shut');
    const types = await typesOf(all);
    expect(types.filter((type) => type === 'message.sent')).toHaveLength(at.messages.length);
    expect(types.filter((type) => type === 'message.held')).toHaveLength(all.length - at.messages.length);
    for (const command of all) expect(bench.factsOf(command)).toHaveLength(1);
  }, 120_000);

  it('those that wait for budget are called back: they are held while the account has none for an hour', async () => {
    const campaignId = randomUUID();
    const { account, at } = bench.nextAccount();
    at.answer = ({ kind }) => (kind === 'message' ? THROTTLED : undefined);
    const first = campaignCommand(account, campaignId);
    await bench.campaignIs(campaignId, 'open');
    await bench.publishCampaign(first);
    await waitFor(() => at.arrivals.some(({ kind }) => kind === 'message'), { description: 'it is throttled' });
    const waiting = Array.from({ length: 20 }, () => campaignCommand(account, campaignId));
    await bench.publishCampaign(...waiting);
    await bench.campaignIs(campaignId, 'shut');
    expect(await typesOf(waiting)).toEqual(waiting.map(() => 'message.held'));
    expect(isOut(first)).toBe(false);
  }, 60_000);
});

describe('the pace of a campaign', () => {
  it('delays no other campaign of the account, and a campaign without one', async () => {
    const { account } = bench.nextAccount();
    const [slow, quick, free] = [randomUUID(), randomUUID(), randomUUID()];
    for (const campaignId of [slow, quick, free]) await bench.campaignIs(campaignId, 'open');
    const of = (campaignId: string, perMinute?: number) =>
      campaignCommand(account, campaignId, { campaign: { campaignId, row: '0', ...(perMinute && { perMinute }) } });
    // The first one after a minute.
    const behind = of(slow, 1);
    const others = [
      ...Array.from({ length: 10 }, () => of(quick, 6_000)),
      ...Array.from({ length: 10 }, () => of(free)),
    ];
    await bench.publishCampaign(behind, ...others);
    expect(await typesOf(others)).toEqual(others.map(() => 'message.sent'));
    await bench.campaignIs(slow, 'ended');
    expect(await bench.outcome(behind)).toMatchObject({ type: 'message.failed', code: 'campaign-ended' });
  }, 60_000);
});
