import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SendMessage } from '@heliograph/contracts';
import { DispatcherBench, next, optedCommand, smsCommand } from '../../test/dispatcher-bench.ts';
import { definitionOf, named, shortOf, TemplateFiles, VALUES } from '../../test/template-files.ts';

let bench: DispatcherBench;
let files: TemplateFiles;
beforeAll(async () => {
  bench = await DispatcherBench.open();
  files = new TemplateFiles(bench);
}, 60_000);
afterAll(() => bench.close());

async function factOf(command: SendMessage): Promise<Record<string, unknown>> {
  await bench.publish(command);
  return bench.outcome(command);
}

describe('a template by its name in the files (guide 001, section 3)', () => {
  it('is sent with the values where its definition has them, header before body before buttons', async () => {
    const { account, at } = bench.nextAccount();
    const button = { kind: 'url' as const, title: 'Track', url: 'https://track.example.com/{{1}}', variable: 'order' };
    const definition = definitionOf(account, 'order');
    const [language] = definition.languages;
    await files.apply({ ...definition, languages: [{ ...language!, buttons: [button] }] });
    const fact = await factOf(optedCommand(account, { content: named('order') }));
    const text = (...values: string[]) => values.map((value) => ({ type: 'text', text: value }));
    expect(at.messages[0]!.body.template).toEqual({
      name: 'order',
      language: { code: 'en' },
      components: [
        { type: 'header', parameters: text('A-1') },
        { type: 'body', parameters: text('Jana', 'A-1') },
        { type: 'button', sub_type: 'url', index: '0', parameters: text('A-1') },
      ],
    });
    expect(fact).toMatchObject({
      type: 'message.sent',
      content: { name: 'order', variables: VALUES, headerParameters: ['A-1'], parameters: ['Jana', 'A-1'] },
    });
    expect(fact).not.toHaveProperty('changed');
  }, 60_000);

  it.each([
    ['missing', { customer: 'Jana' }, /variables\.order/],
    ['surplus', { ...VALUES, delivery: '2026-11-01' }, /variables\.delivery/],
    ['of the wrong type', { ...VALUES, order: true }, /variables\.order/],
    ['too long', { ...VALUES, order: 'A'.repeat(21) }, /variables\.order/],
  ])(
    'with a value that is %s fails with its name, and nothing leaves',
    async (_what, variables, reason) => {
      const { account, at } = bench.nextAccount();
      await files.apply(definitionOf(account, 'order'));
      const fact = await factOf(optedCommand(account, { content: named('order', variables) }));
      expect(fact).toMatchObject({ type: 'message.failed', code: 'template-parameters' });
      expect(fact.reason).toMatch(reason);
      expect(at.arrivals).toEqual([]);
    },
    60_000,
  );

  it('that no file has, or not in this language, fails with what there is', async () => {
    const { account, at } = bench.nextAccount();
    await files.apply(definitionOf(account, 'order'));
    const [unknown, language] = [
      await factOf(optedCommand(account, { content: named('oder') })),
      await factOf(optedCommand(account, { content: { ...named('order'), language: 'de' } })),
    ];
    expect([unknown.code, language.code]).toEqual(['template-unknown', 'template-unknown']);
    expect(unknown.reason).toMatch(/"order"/);
    expect(language.reason).toMatch(/it has en/);
    expect(at.arrivals).toEqual([]);
  }, 60_000);

  it('is sent with values that were made fit, and the fact says which and how (edge case 3)', async () => {
    const { account, at } = bench.nextAccount();
    await files.apply(definitionOf(account, 'order'));
    const fact = await factOf(
      optedCommand(account, { content: named('order', { ...VALUES, customer: 'Jose\u0301 Ruiz' }) }),
    );
    expect(fact).toMatchObject({
      type: 'message.sent',
      content: { parameters: ['José Ruiz', 'A-1'] },
      sanitised: [{ variable: 'customer', changes: expect.arrayContaining(['normalised']) }],
    });
    expect(JSON.stringify(at.messages[0]!.body)).toContain('José Ruiz');
  }, 60_000);

  it('goes out as its newest version that is approved, and as an older one until then', async () => {
    const { account, at } = bench.nextAccount();
    const [first, second] = [shortOf(account, 'hello'), definitionOf(account, 'hello', { version: 2 })];
    await files.apply(first);
    await files.apply(second);
    await files.becomes(second, 'PENDING');
    // Programs may give the new one's values already.
    const early = optedCommand(account, { content: named('hello') });
    const before = next(early, { content: named('hello', { customer: 'Jana' }) });
    await bench.publish(early, before);
    for (const command of [early, before]) {
      expect(await bench.outcome(command)).toMatchObject({ content: { name: 'hello', parameters: ['Jana'] } });
    }
    await files.becomes(second, 'APPROVED');
    const late = next(early, { content: named('hello') });
    expect(await factOf(late)).toMatchObject({ content: { name: 'hello_v2', parameters: ['Jana', 'A-1'] } });
    expect(at.texts).toEqual(['hello', 'hello', 'hello_v2']);
  }, 60_000);
});

describe('a template by its name at the provider', () => {
  it('is refused when its header wants values that are not given, and sent when they are', async () => {
    const { account, at } = bench.nextAccount();
    const headed = { parameterCount: 1, headerParameterCount: 1 };
    await bench.template({ account, name: 'headed', status: 'APPROVED', ...headed });
    await files.apply(definitionOf(account, 'later'));
    const content = { type: 'template' as const, name: 'headed', language: 'en', parameters: ['noon'] };
    const without = smsCommand(account, { content });
    expect(await factOf(without)).toMatchObject({
      code: 'template-parameters',
      reason: 'template "headed" (en): wrong number of header values, 0 given, 1 wanted',
    });
    const withHeader = smsCommand(account, { content: { ...content, headerParameters: ['A-1'] } });
    expect(await factOf(withHeader)).toMatchObject({ type: 'message.sent' });
    expect(at.texts).toEqual(['headed']);
  }, 60_000);
});
