import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { json, ready, soon, type Answer } from '../../test/provider-stand-in.ts';
import type { ListOptions, ProviderTemplate, TemplatePage } from '../template-client.ts';
import type { ProviderClient } from '../provider-client.ts';

const payload = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`./payloads/${name}.json`, import.meta.url), 'utf8'));

const providers = {
  entities: [
    { id: 'wa 1', type: 'WHATSAPP', name: 'one' },
    { id: 'fb', type: 'FACEBOOK', name: 'no' },
    { id: 'wa2', type: 'WHATSAPP', name: 'two' },
  ],
};
const lists: Answer = (response, seen) => {
  const { path } = seen;
  const found = path.endsWith('/providers')
    ? providers
    : path.includes('wa2')
      ? { entities: [] }
      : payload(path.includes('wa%201') ? 'answer-templates' : 'answer-messaging-templates');
  json(200, found)(response, seen);
};

async function pagesOf(client: ProviderClient, more: Partial<ListOptions> = {}): Promise<TemplatePage[]> {
  const pages: TemplatePage[] = [];
  for (let cursor: string | undefined, page = 0; page < 10; page++) {
    const result = await client.listTemplates({ ...soon(), ...more, ...(cursor !== undefined && { cursor }) });
    if (result.outcome !== 'ok') throw new Error(JSON.stringify(result));
    pages.push(result.value);
    cursor = result.value.next;
    if (cursor === undefined) return pages;
  }
  throw new Error('the list does not end');
}
const briefly = ({ components: _c, variables: _v, ...rest }: ProviderTemplate) => rest;

describe('the list of templates (guide 001, sections 1 and 2; guide 002, section 2)', () => {
  it('has a page for each WhatsApp provider and one for SMS and e-mail, one request each, and ends', async () => {
    const { client, calls } = await ready(lists);
    const pages = await pagesOf(client);
    expect(calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /api/v2/messaging/providers',
      'GET /api/v2/messaging/providers/wa%201/templates',
      'GET /api/v2/messaging/providers/wa2/templates',
      'GET /api/v2/messaging/templates',
    ]);
    const whatsapp = { language: 'en_US', category: 'UTILITY', channel: 'whatsapp', provider: 'wa 1' };
    expect(pages.map(({ templates }) => templates.map(briefly))).toEqual([
      [],
      [
        {
          ...whatsapp,
          providerTemplateId: 'tpl-1',
          name: 'order_confirmation_v2',
          status: 'APPROVED',
          parameterCount: 3,
          headerParameterCount: 1,
        },
        {
          ...whatsapp,
          providerTemplateId: 'tpl-2',
          name: 'support_menu_v1',
          status: 'REJECTED',
          rejectionReason: 'POLICY_VIOLATION',
          parameterCount: 0,
          headerParameterCount: 0,
        },
      ],
      [],
      [
        {
          providerTemplateId: '5f0c1f6e-0f3c-4f5e-9a65-0d1f2c3b4a59',
          name: 'order_shipped',
          language: 'en_US',
          status: 'PUBLISHED',
          parameterCount: 2,
          headerParameterCount: 0,
          channel: 'sms',
        },
        {
          providerTemplateId: '6a1d2e7f-1a4d-4a6f-8b76-1e2a3d4c5b6a',
          name: 'OrderShipmentNotification',
          language: 'und',
          status: 'DRAFT',
          parameterCount: 1,
          headerParameterCount: 0,
          channel: 'email',
        },
      ],
    ]);
    const missing = { field: 'entities[2].name', reason: 'is missing' };
    expect(pages.map(({ problems }) => problems)).toEqual([
      [],
      [missing],
      [],
      [{ ...missing, field: 'entities[3].name' }],
    ]);
  });

  it('asks for the channels that are wanted and no others', async () => {
    const { client, calls } = await ready(lists);
    expect((await pagesOf(client, { channels: ['sms'] })).flatMap(({ templates }) => templates)).toHaveLength(2);
    expect(calls.map(({ path }) => path)).toEqual(['/api/v2/messaging/templates']);
    expect(await pagesOf(client, { channels: ['whatsapp'] })).toHaveLength(3);
    expect(await pagesOf(client, { channels: [] })).toEqual([{ templates: [], problems: [] }]);
    expect(calls).toHaveLength(4);
  });

  it('has no SMS and e-mail templates where the organisation has no such list', async () => {
    const { client } = await ready((response, seen) =>
      (seen.path.endsWith('/messaging/templates') ? json(404, {}) : lists)(response, seen),
    );
    expect((await pagesOf(client)).at(-1)).toEqual({ templates: [], problems: [] });
  });

  it('refuses a cursor that it did not give', async () => {
    const { client } = await ready(lists);
    for (const cursor of ['', '[]', '["wa1"]', '{"provider":"wa1"}', '[{"provider":""}]']) {
      await expect(client.listTemplates({ ...soon(), cursor })).rejects.toThrow('not a cursor of this list');
    }
  });

  it('names the WhatsApp providers by themselves', async () => {
    const { client } = await ready(json(200, providers));
    expect(await client.listTemplateProviders(soon())).toEqual({
      outcome: 'ok',
      value: [{ id: 'wa 1' }, { id: 'wa2' }],
    });
  });
});
