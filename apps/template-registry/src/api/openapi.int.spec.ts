import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { uniqueNamespace, waitFor } from '@heliograph/testing';
import { ProviderStandIn } from '../../test/provider-stand-in.ts';
import { accountsFile, TestRegistry } from '../../test/registry.ts';
import { file } from '../../test/template-files.ts';

interface Operation {
  readonly responses: Record<string, { description: string; content?: Record<string, { example?: object }> }>;
}

let provider: ProviderStandIn;
let registry: TestRegistry;

beforeAll(async () => {
  provider = await ProviderStandIn.start();
  registry = await TestRegistry.start(uniqueNamespace('docs'), { accountsFile: accountsFile({ url: provider.url }) });
  await waitFor(async () => (await registry.problems()) === undefined, { description: 'the service is ready' });
}, 60_000);

afterAll(async () => {
  await registry.stop();
  await provider.close();
});

describe('the API of the registry', () => {
  it('describes every operation with every status it answers with, and each error by an example', async () => {
    const response = await fetch(`${registry.service.address}/docs-json`);
    const { paths } = (await response.json()) as { paths: Record<string, Record<string, Operation>> };
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { responses }]) => [`${method} ${path}`, Object.keys(responses).join(' ')]),
    );
    expect(Object.fromEntries(operations)).toEqual({
      'get /v1/templates': '200 400 401 500 503',
      'get /v1/templates/progress': '200 400 401 500 503',
      'get /v1/templates/{name}': '200 400 401 404 500 503',
      'post /v1/templates/plan': '200 400 401 413 415 500 503',
      'post /v1/templates/apply': '200 400 401 409 413 415 422 500 503',
      'post /v1/templates/import': '200 400 401 413 415 500 503',
    });
    const errors = Object.values(paths)
      .flatMap(Object.values<Operation>)
      .flatMap(({ responses }) => Object.entries(responses).filter(([status]) => Number(status) >= 400));
    for (const [status, { content }] of errors) {
      expect(content!['application/json']!.example).toMatchObject({ statusCode: Number(status) });
    }
  });

  it('names every wrong field, and what a misspelt one was meant to be', async () => {
    const { status, json } = await registry.call('POST', '/v1/templates/plan', { files: [file('a')], pruhne: true });
    expect(status).toBe(400);
    expect(json.details).toEqual([{ field: 'pruhne', reason: 'is not a known field: did you mean "prune"?' }]);
    expect((await registry.call('POST', '/v1/templates/apply', { files: [] })).status).toBe(400);
    expect((await registry.call('GET', '/v1/templates/nowhere')).json).toMatchObject({ statusCode: 404, details: [] });
  });

  it('writes files from what the provider has, which applied again change nothing there', async () => {
    const { json } = await registry.call<{ files: { path: string; text: string }[]; skipped: object[] }>(
      'POST',
      '/v1/templates/import',
      {},
    );
    expect(json.skipped).toEqual([]);
    expect(json.files.map(({ path }) => path)).toEqual(['order_shipped.yaml']);
    const files = json.files.map(({ path, text }) => ({ path, text }));
    const plan = await registry.call<{ counts: object }>('POST', '/v1/templates/plan', { files });
    expect(plan.json.counts).toEqual({ adopt: 1 });
  });
});
