import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { divertedId, type SendMessage } from '@heliograph/contracts';
import { waitFor } from '@heliograph/testing';
import { DispatcherBench, optedCommand } from '../../test/dispatcher-bench.ts';
import type { ProviderAccount } from '../../test/provider-stub.ts';
import { definitionOf, named, shortOf, smsOf, TemplateFiles } from '../../test/template-files.ts';

const WAITING = 80;

let bench: DispatcherBench;
let files: TemplateFiles;
beforeAll(async () => {
  bench = await DispatcherBench.open();
  files = new TemplateFiles(bench);
}, 60_000);
afterAll(() => bench.close());

/** Every request is throttled until it is let go, so whatever is published meanwhile waits behind the budget. */
function throttle(at: ProviderAccount): () => void {
  let isHeld = true;
  at.answer = () => (isHeld ? { status: 429, headers: { 'retry-after': '1' } } : undefined);
  return () => (isHeld = false);
}

const many = (account: string, name: string): SendMessage[] =>
  Array.from({ length: WAITING }, () => optedCommand(account, { content: named(name) }));

async function endsOf(commands: readonly SendMessage[]): Promise<string[]> {
  const outcomes = await Promise.all(commands.map((command) => bench.outcome(command, 40_000)));
  return outcomes.map(({ type, changed, code }) => [type, changed ?? code].filter(Boolean).join(' '));
}

const all = (end: string): string[] => Array<string>(WAITING).fill(end);

async function threeKinds(account: string) {
  const by = { template: 'by_sms', channel: 'sms' as const, sender: `sms-${account}` };
  const definitions = [
    definitionOf(account, 'with_fallback', { fallbacks: [{ template: 'short' }] }),
    definitionOf(account, 'with_sms', { fallbacks: [by] }),
    definitionOf(account, 'alone'),
  ];
  await files.apply(shortOf(account, 'short'), smsOf(account, 'by_sms'), ...definitions);
  return definitions;
}

describe('templates that are rejected while their messages wait behind a budget (guide 001, edge case 2)', () => {
  it('leave with not one of them: each goes out by its fallback, is diverted, or fails; also with a new replica', async () => {
    const { account, at } = bench.nextAccount();
    const definitions = await threeKinds(account);
    const letGo = throttle(at);
    const [fallback, diverted, failed] = definitions.map(({ name }) => many(account, name)) as [
      SendMessage[],
      SendMessage[],
      SendMessage[],
    ];
    await bench.publish(...fallback.flatMap((one, index) => [one, diverted[index]!, failed[index]!]));
    await waitFor(() => at.arrivals.length > 0, { description: 'the account is throttled' });
    for (const definition of definitions) await files.becomes(definition, 'REJECTED', 'POLICY_VIOLATION');
    const another = await bench.startAnother();
    letGo();

    expect(await endsOf(fallback)).toEqual(all('message.sent fallback'));
    expect(await endsOf(diverted)).toEqual(all('message.diverted template-not-approved'));
    expect(await endsOf(failed)).toEqual(all('message.failed template-not-approved'));
    const told = diverted.map((command) => (bench.factsOf(command)[0]!.data.command as SendMessage).messageId);
    expect(told).toEqual(diverted.map(({ messageId }) => divertedId(messageId)));
    expect(at.texts.filter((text) => text !== 'short')).toEqual([]);
    expect(at.texts).toHaveLength(WAITING);
    await another.stop();
  }, 90_000);

  it('are sent again by those that still wait when they are approved again', async () => {
    const { account, at } = bench.nextAccount();
    const [definition] = await threeKinds(account);
    await files.becomes(definition!, 'REJECTED', 'POLICY_VIOLATION');
    const letGo = throttle(at);
    const commands = many(account, 'with_fallback');
    await bench.publish(...commands);
    await waitFor(() => at.arrivals.length > 0, { description: 'the account is throttled' });
    await files.becomes(definition!, 'APPROVED');
    letGo();
    expect(await endsOf(commands)).toEqual(all('message.sent'));
    expect(new Set(at.texts)).toEqual(new Set(['with_fallback']));
  }, 90_000);
});
