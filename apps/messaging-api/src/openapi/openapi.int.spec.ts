import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testKafkaBrokers, testRedisUrl, uniqueNamespace } from '@heliograph/testing';
import { applyTemplates, orderConfirmation } from '../../test/applied-templates.ts';
import { createCampaign, orderSms, upload } from '../../test/campaign-specs.ts';
import { startApi, type StartedApi } from '../../fixtures/started-api.ts';
import { CONTENT_FIELDS } from '../contents/requested-contents.ts';

interface Operation {
  readonly summary?: string;
  readonly security?: unknown[];
  readonly parameters?: { name: string; in: string; required?: boolean }[];
  readonly requestBody?: {
    readonly content: Record<string, { examples: Record<string, { summary: string; value: object }> }>;
  };
  readonly responses: Record<
    string,
    {
      description: string;
      content?: Record<string, { schema?: object; example?: { statusCode: number; message: string } }>;
    }
  >;
}

let api: StartedApi;
let document: {
  info: { title: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: object };
};

beforeAll(async () => {
  const namespace = uniqueNamespace('api-docs');
  api = await startApi({ kafkaBrokers: testKafkaBrokers(), redisUrl: testRedisUrl(), namespace });
  await applyTemplates(api, [orderConfirmation(), 'APPROVED'], [orderSms(), 'PUBLISHED']);
  document = (await (await fetch(`${api.service.address}/docs-json`)).json()) as typeof document;
}, 60_000);

afterAll(() => api.service.stop());

describe('the API description', () => {
  it('lists every operation with every status it answers with', () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { responses }]) => [`${method} ${path}`, Object.keys(responses).join(' ')]),
    );
    expect(Object.fromEntries(operations)).toEqual({
      'post /v1/contacts/{channel}/{address}/erase': '202 400 401 413 415 422 500 503',
      'post /v1/messages': '202 400 401 403 413 415 422 500 503',
      'get /v1/consent/export': '200 400 401 500 503',
      'get /v1/consent/{channel}/{address}': '200 400 401 500 503',
      'put /v1/consent/{channel}/{address}': '202 400 401 413 415 500 503',
      'post /v1/campaigns': '201 400 401 413 415 422 500 503',
      'get /v1/campaigns': '200 400 401 500 503',
      'get /v1/campaigns/{id}': '200 400 401 404 500 503',
      'get /v1/campaigns/{id}/stream': '200 400 401 404 500 503',
      'post /v1/campaigns/{id}/recipients': '200 400 401 404 408 409 415 500 503',
      'post /v1/campaigns/{id}/start': '200 202 400 401 404 409 500 503',
      'post /v1/campaigns/{id}/pause': '200 202 400 401 404 409 500 503',
      'post /v1/campaigns/{id}/resume': '200 202 400 401 404 409 500 503',
      'post /v1/campaigns/{id}/cancel': '200 202 400 401 404 409 500 503',
      'get /v1/canned-responses': '200 401 500 503',
      'get /v1/messages/{id}': '200 400 401 404 500 503',
      'post /v1/conversations/{id}/hand-off': '202 400 401 404 413 415 422 500 503',
      'post /v1/conversations/{id}/accept': '202 400 401 404 413 415 422 500 503',
      'post /v1/conversations/{id}/wrap-up': '202 400 401 404 413 415 422 500 503',
      'post /v1/conversations/{id}/close': '202 400 401 404 413 415 422 500 503',
      'get /v1/commands/{id}': '200 400 401 404 500 503',
      'get /v1/conversations/{id}': '200 400 401 404 500 503',
      'get /v1/conversations/{id}/transcript': '200 400 401 404 500 503',
      'get /v1/conversations/{id}/timeline': '200 400 401 404 500 503',
    });
  });

  it('explains every error with an example in the shape of all errors', () => {
    for (const operation of Object.values(document.paths).flatMap(Object.values<Operation>)) {
      expect(operation.summary).toBeTruthy();
      expect(operation.security).toEqual([{ bearer: [] }]);
      for (const [status, { description, content }] of Object.entries(operation.responses)) {
        expect(Object.values(content ?? {})[0]?.schema).toBeDefined();
        if (Number(status) < 400) continue;
        expect(description).toBeTruthy();
        const { schema, example } = content!['application/json']!;
        expect(schema).toEqual({ $ref: '#/components/schemas/ErrorResponse' });
        expect(example).toMatchObject({ statusCode: Number(status), message: expect.any(String) });
      }
    }
  });

  it('names the API, the Idempotency-Key and what a send is made of', () => {
    expect(document.info.title).toBe('Heliograph messaging API');
    const { parameters } = document.paths['/v1/messages']!.post!;
    expect(parameters).toContainEqual(
      expect.objectContaining({ name: 'Idempotency-Key', in: 'header', required: true }),
    );
    expect(document.components.schemas).toMatchObject({
      SendMessageRequest: {
        required: ['channel', 'sender', 'to'],
        properties: {
          text: { type: 'string' },
          card: { allOf: [{ $ref: '#/components/schemas/CardRequest' }] },
          attachments: { items: { $ref: '#/components/schemas/AttachmentRequest' }, maxItems: 10 },
          template: { allOf: [{ $ref: '#/components/schemas/TemplateRequest' }] },
        },
      },
    });
  });

  it('has an example for every content, each of which would be accepted', async () => {
    const { requestBody } = document.paths['/v1/messages']!.post!;
    const examples = Object.values(requestBody!.content['application/json']!.examples);
    const fields = examples.flatMap(({ value }) => Object.keys(value));
    for (const field of CONTENT_FIELDS) expect(fields).toContain(field);
    for (const { summary, value } of examples) {
      const { status, text } = await api.post(value);
      expect({ summary, status, text }).toMatchObject({ status: 202 });
    }
  });

  it('has examples of campaigns and of files of recipients, each of which would be accepted', async () => {
    const { requestBody } = document.paths['/v1/campaigns']!.post!;
    for (const { summary, value } of Object.values(requestBody!.content['application/json']!.examples)) {
      const { status, text } = await api.call('POST', '/v1/campaigns', value, { key: crypto.randomUUID() });
      expect({ summary, status, text }).toMatchObject({ status: 201 });
    }
    const columns = { address: 'phone', externalId: 'crm id' };
    const campaignId = await createCampaign(api, { columns, variables: { order: { column: 'name' } } });
    const files = document.paths['/v1/campaigns/{id}/recipients']!.post!.requestBody!.content;
    for (const [type, { examples }] of Object.entries(files)) {
      for (const { value } of Object.values(examples)) {
        const { status, text } = await upload(api, campaignId, value as unknown as string, { type });
        expect({ type, status, text }).toMatchObject({ status: 200, text: expect.stringContaining('"invalid":0') });
      }
    }
  });

  it('has a page for people', async () => {
    const page = await fetch(`${api.service.address}/docs`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
    const html = await page.text();
    const script = /src="([^"]*swagger-ui-bundle\.js)"/.exec(html)?.[1];
    expect((await fetch(new URL(script!, page.url))).status).toBe(200);
  });
});
