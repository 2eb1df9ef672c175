import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TOPICS } from '@heliograph/contracts';
import { RedisClient } from '@heliograph/redis';
import { testRedisUrl, uniqueNamespace, waitFor } from '@heliograph/testing';
import { ProviderStandIn } from '../../test/provider-stand-in.ts';
import { accountsFile, KEYS, TestRegistry, TopicView } from '../../test/registry.ts';
import { file, type TestFile } from '../../test/template-files.ts';
import type { PlannedDirectory } from './apply.service.ts';

interface ErrorAnswer {
  message: string;
  details: { field: string; reason: string }[];
}

let provider: ProviderStandIn;
let theirProvider: ProviderStandIn;
let registry: TestRegistry;
let definitions: TopicView;
let redis: RedisClient;

const post = (what: 'plan' | 'apply', files: TestFile[], options: object = {}, key?: string) =>
  registry.call<PlannedDirectory & ErrorAnswer>('POST', `/v1/templates/${what}`, { files, ...options }, key);
const actions = ({ lines }: PlannedDirectory) =>
  lines.map(({ name, version, language, action }) => `${action} ${name} ${version} ${language}`);
/** Applies, and waits until the provider has everything and the registry knows. */
async function settled(files: TestFile[], options: object = {}): Promise<PlannedDirectory> {
  const { status, json } = await post('apply', files, options);
  expect({ status, message: json.message }).toEqual({ status: 200, message: undefined });
  await waitFor(async () => (await progress()).waiting === 0, { description: 'everything is submitted' });
  return json;
}
const progress = async () => (await registry.call<{ waiting: number }>('GET', '/v1/templates/progress')).json;

beforeAll(async () => {
  provider = await ProviderStandIn.start();
  provider.templates = { 'wa-1': [], messaging: [] };
  provider.firstStatus = 'APPROVED';
  const namespace = uniqueNamespace('apply');
  theirProvider = await ProviderStandIn.start();
  theirProvider.templates = { 'wa-9': [] };
  const globex = { id: 'globex-genesys', tenant: 'globex', url: theirProvider.url };
  registry = await TestRegistry.start(namespace, { accountsFile: accountsFile({ url: provider.url }, globex) });
  definitions = await TopicView.open(namespace, TOPICS.templateDefinition);
  redis = new RedisClient({ url: testRedisUrl(), namespace });
  await redis.whenUp();
}, 60_000);

beforeEach(async () => {
  await waitFor(async () => (await registry.problems()) === undefined, { description: 'the service is ready' });
});

afterAll(async () => {
  await registry.stop();
  await definitions.close();
  await redis.close();
  await provider.close();
  await theirProvider.close();
});

describe('applying a directory', () => {
  it('creates each language of each template at the provider, once; the second time changes nothing and writes nothing there', async () => {
    const files = [
      file('order_update', { languages: ['en_US', 'de_DE'] }),
      file('order_update_sms', { channel: 'sms' }),
    ];
    expect(actions((await post('plan', files)).json)).toEqual([
      'create order_update 1 en_US',
      'create order_update 1 de_DE',
      'create order_update_sms 1 en_US',
    ]);
    await settled(files);
    expect(provider.names).toEqual(['order_update (en_US)', 'order_update (de_DE)', 'order_update_sms.en_US']);
    const [creations, records] = [provider.creations.length, definitions.records.length];
    const again = await settled(files);
    expect(again.counts).toEqual({ unchanged: 3 });
    const rounds = provider.rounds;
    await waitFor(() => provider.rounds >= rounds + 2, { description: 'two more readings' });
    expect(provider.creations).toHaveLength(creations);
    expect(definitions.records).toHaveLength(records);
  }, 60_000);

  it('gives a new version beside the old one, under a name of its own at the provider', async () => {
    await settled([file('welcome')]);
    const second = [file('welcome', { version: 2, text: 'Welcome! Your order {{1}} is on its way.' })];
    const plan = await settled(second);
    expect(plan.lines.find(({ name }) => name === 'welcome')).toMatchObject({
      action: 'new-version',
      version: 2,
      detail: 'beside version 1, which goes on until this one is approved',
    });
    expect(provider.names).toEqual(expect.arrayContaining(['welcome (en_US)', 'welcome_v2 (en_US)']));
    expect((await settled(second)).counts).toMatchObject({ unchanged: 1 });
  }, 60_000);

  it('refuses another text under a version that the provider has, an earlier version, and says what to do', async () => {
    await settled([file('fixed')]);
    const other = await post('apply', [file('fixed', { text: 'Order {{1}} was changed today.' })]);
    expect(other.status).toBe(422);
    expect(other.json.details).toEqual([
      {
        field: 'fixed version 1 (en_US)',
        reason: 'changed-text: the provider has version 1 and its text cannot be changed: raise version to 2',
      },
    ]);
    await settled([file('fixed', { version: 2, text: 'Order {{1}} was changed today.' })]);
    const earlier = await post('apply', [file('fixed')]);
    expect([earlier.status, earlier.json.details[0]!.reason]).toEqual([
      422,
      'lower-version: version 2 was applied before; to go back, give the earlier text the version 3',
    ]);
  }, 60_000);

  it('changes what the provider does not see under the same version, without a word to the provider', async () => {
    await settled([file('ours')]);
    const creations = provider.creations.length;
    const plan = await settled([file('ours', { sample: 'ORD-9' })]);
    expect(plan.lines.find(({ name }) => name === 'ours')).toMatchObject({ action: 'update' });
    expect(provider.creations).toHaveLength(creations);
  }, 60_000);

  it('keeps what is not in the directory, and takes it out of use when it is to prune', async () => {
    await settled([file('leaving'), file('staying')]);
    const kept = await post('plan', [file('staying')]);
    expect(kept.json.lines.find(({ name }) => name === 'leaving')).toMatchObject({
      action: 'keep',
      detail: 'not in the directory; prune takes it out of use',
    });
    const pruned = await settled([file('staying')], { prune: true });
    expect(actions(pruned)).toContain('retire leaving 1 en_US');
    const back = await settled([file('staying'), file('leaving')]);
    expect(actions(back)).toContain('restore leaving 1 en_US');
  }, 60_000);

  it('takes an older version out of use by prune only when the newer may be sent in each of its languages', async () => {
    const languages = ['en_US', 'de_DE'];
    await settled([file('versions', { languages })]);
    provider.created = (entry) => (entry.status = entry.language === 'de_DE' ? 'PENDING' : 'APPROVED');
    const second = file('versions', { version: 2, text: 'Second: order {{1}} left.', languages });
    await settled([second]);
    provider.created = () => undefined;
    const early = await post('plan', [second], { prune: true });
    expect(early.json.lines.filter(({ version, name }) => name === 'versions' && version === 1)).toMatchObject([
      { action: 'keep', detail: 'version 2 may not be sent yet in de_DE' },
      { action: 'keep' },
    ]);
    for (const entry of provider.templates['wa-1']!) entry.status = 'APPROVED';
    await waitFor(
      async () => actions((await post('plan', [second], { prune: true })).json).includes('retire versions 1 de_DE'),
      {
        description: 'the older version can be taken out of use',
      },
    );
  }, 60_000);

  it('takes over what the provider has with the same text, and refuses what says something else there', async () => {
    const body = (text: string) => ({ category: 'UTILITY', status: 'APPROVED', components: [{ type: 'BODY', text }] });
    provider.templates['wa-1']!.push(
      { id: 'hand-1', name: 'by_hand', language: 'en_US', ...body('Your order {{1}} is on its way.') },
      { id: 'hand-2', name: 'other_text', language: 'en_US', ...body('Something else about {{1}} here.') },
    );
    const rounds = provider.rounds;
    await waitFor(() => provider.rounds >= rounds + 2, { description: 'the provider was read' });
    const creations = provider.creations.length;
    const plan = (await post('plan', [file('by_hand'), file('other_text')])).json;
    expect(plan).toMatchObject({ applicable: false });
    expect(plan.lines.filter(({ name }) => name === 'by_hand' || name === 'other_text')).toMatchObject([
      { action: 'adopt', detail: 'the provider has it already, with this text' },
      {
        action: 'conflict',
        detail: expect.stringContaining('body is "Something else about {{1}} here." at the provider'),
      },
    ]);
    await settled([file('by_hand')]);
    expect(provider.creations).toHaveLength(creations);
    const { json } = await registry.call('GET', '/v1/templates/by_hand');
    expect(json).toMatchObject({ managed: true, sends: [{ language: 'en_US', sends: 'by_hand' }] });
    provider.templates['wa-1']!.find(({ id }) => id === 'hand-1')!.components = [
      { type: 'BODY', text: 'Edited {{1}} by hand.' },
    ];
    const compared = await post('plan', [file('by_hand')], { compare: true });
    expect(compared.json.lines.find(({ name }) => name === 'by_hand')).toMatchObject({ action: 'drifted' });
  }, 60_000);

  it('names every problem of the files with file and line, and applies nothing of them', async () => {
    const broken = file('broken').text.replace('"UTILITY"', '"UTILTY"');
    const records = definitions.records.length;
    const files = [file('fine'), { path: 'templates/broken.yaml', text: broken }];
    const { status, json } = await post('apply', files);
    expect(status).toBe(422);
    expect(json.details).toContainEqual({
      field: 'templates/broken.yaml:5',
      reason: expect.stringMatching(/^choice: .*did you mean "UTILITY"\?$/),
    });
    const mail = [{ template: 'by_nobody', channel: 'sms', sender: 'nobody' }];
    const lost = await post('plan', [file('by_nobody', { channel: 'sms' }), file('lost', { fallbacks: mail })]);
    expect(lost.json.problems).toMatchObject([
      { rule: 'no-sender', reason: 'tenant acme has no sender "nobody" on sms' },
    ]);
    expect(definitions.records).toHaveLength(records);
  });

  it('is refused with 409 while somebody else applies, and when its plan is out of date', async () => {
    const { revision } = (await post('plan', [file('contested')])).json;
    await redis.client.set('{templates-apply:acme}:lease', 'somebody else', 'PX', 60_000);
    const busy = await post('apply', [file('contested')]);
    expect([busy.status, busy.json.message]).toEqual([409, expect.stringContaining('somebody else at this moment')]);
    await redis.client.del('{templates-apply:acme}:lease');
    await settled([file('contested')]);
    const stale = await post('apply', [file('contested')], { revision });
    expect([stale.status, stale.json.message]).toEqual([409, expect.stringContaining('plan again')]);
  }, 60_000);

  it('from many at once ends for each with 200 or 409, and writes each definition once', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => post('apply', [file('many')])));
    expect(new Set([...answers.map(({ status }) => status), 409])).toEqual(new Set([200, 409]));
    const written = () => definitions.records.filter(({ json }) => (json as { name: string }).name === 'many');
    await waitFor(() => written().length > 0, { description: 'the definition is on the topic' });
    await settled([file('many')]);
    expect(written()).toHaveLength(1);
  }, 60_000);
});

describe('tenants', () => {
  it('see and change nothing of each other', async () => {
    await settled([file('secret_plan')]);
    const theirs = await post('plan', [file('mine')], {}, KEYS.globex);
    expect(actions(theirs.json)).toEqual(['create mine 1 en_US']);
    expect((await registry.call('GET', '/v1/templates/secret_plan', undefined, KEYS.globex)).status).toBe(404);
    const asked = await post('plan', [file('mine')], { account: 'acme-genesys' }, KEYS.globex);
    expect([asked.status, asked.json.message]).toEqual([400, 'account is not known: your tenant has globex-genesys']);
    expect((await registry.call('GET', '/v1/templates', undefined, 'wrong-key-0123456789')).status).toBe(401);
  }, 60_000);
});
