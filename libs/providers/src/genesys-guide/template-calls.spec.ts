import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { TemplateDefinition } from '@heliograph/contracts';
import { json, ready, soon } from '../../test/provider-stand-in.ts';
import { orderConfirmation, orderShipped, supportMenu } from '../../test/template-definitions.ts';

const payload = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`./payloads/${name}.json`, import.meta.url), 'utf8'));

describe('a template that is created', () => {
  it.each<[string, TemplateDefinition, string, string, string]>([
    ['(guide 001, section 1)', orderConfirmation, 'en_US', '/providers/wa%2F1/templates', 'request-create-template'],
    ['(guide 001, section 4)', supportMenu, 'en_US', '/providers/wa%2F1/templates', 'request-create-template-buttons'],
    ['(guide 002, section 2)', orderShipped, 'und', '/templates', 'request-create-sms-template'],
  ])('is written exactly as the guide shows it %s', async (_title, definition, language, path, body) => {
    const { client, calls } = await ready(json(201, { id: 'tpl-9', status: 'in_review' }));
    const result = await client.createTemplate({ definition, language, provider: 'wa/1' }, soon());
    expect(result).toEqual({ outcome: 'ok', value: { providerTemplateId: 'tpl-9', status: 'IN_REVIEW' } });
    expect(calls.map((call) => `${call.method} ${call.path}`)).toEqual([`POST /api/v2/messaging${path}`]);
    expect(JSON.parse(calls[0]!.body)).toEqual(payload(body));
  });

  it('carries links, telephone numbers and codes beside replies', async () => {
    const { client, calls } = await ready(json(201, { id: 'tpl-9' }));
    const [english] = supportMenu.languages;
    const definition: TemplateDefinition = {
      ...supportMenu,
      variables: [{ name: 'order', type: 'text', max: 20, sample: 'ORD-1' }],
      languages: [
        {
          ...english!,
          buttons: [
            { kind: 'url', title: 'Track', url: 'https://track.example.com/{{1}}', variable: 'order' },
            { kind: 'url', title: 'Home', url: 'https://example.com' },
            { kind: 'phone', title: 'Call', phone: '1 (555) 000-9876' },
            { kind: 'copy-code', title: 'Copy', code: '25OFF' },
          ],
        },
      ],
    };
    await client.createTemplate({ definition, language: 'en_US', provider: 'wa1' }, soon());
    const order = { type: 'TEXT', text: { default: 'ORD-1' } };
    expect(JSON.parse(calls[0]!.body)).toMatchObject({
      components: [
        { type: 'BODY' },
        {
          type: 'BUTTONS',
          buttons: [
            { type: 'URL', url: { title: 'Track', url: 'https://track.example.com/{{1}}', parameters: [order] } },
            { type: 'URL', url: { title: 'Home', url: 'https://example.com' } },
            { type: 'PHONE_NUMBER', phone_number: { title: 'Call', phone_number: '+15550009876' } },
            { type: 'COPY_CODE', copy_code: { title: 'Copy', code: '25OFF' } },
          ],
        },
      ],
    });
  });

  it('waits for its review, where the answer does not say what it is', async () => {
    const { client } = await ready(json(201, { id: 'tpl-9' }));
    const request = { definition: orderConfirmation, language: 'en_US', provider: 'wa1' };
    expect(await client.createTemplate(request, soon())).toMatchObject({ value: { status: 'PENDING' } });
  });

  it.each<[string, number, object, object]>([
    ['exists already', 409, { code: 'template.exists' }, { outcome: 'refused', code: 'template-exists' }],
    ['exists, by the status alone', 409, {}, { outcome: 'refused', code: 'template-exists' }],
    [
      'is wrong: with what the provider says of it',
      400,
      { message: 'components[1].parameters[2].date.default: must look like 2023-10-25' },
      {
        outcome: 'refused',
        code: 'invalid-request',
        reason: 'status 400, components[1].parameters[2].date.default: must look like 2023-10-25',
      },
    ],
    [
      'is one too many in an hour: only templates wait',
      429,
      { code: 'template.limit.exceeded' },
      { outcome: 'throttled', of: 'templates' },
    ],
  ])('is refused when it %s', async (_title, status, body, expected) => {
    const { client } = await ready(json(status, body));
    const request = { definition: orderConfirmation, language: 'en_US', provider: 'wa1' };
    expect(await client.createTemplate(request, soon())).toMatchObject(expected);
  });

  it('is not asked for without a provider, a category or a text in that language', async () => {
    const { client, calls } = await ready(json(201, { id: 'tpl-9' }));
    const { category: _none, ...uncategorised } = orderConfirmation;
    const requests = [
      { definition: orderConfirmation, language: 'en_US' },
      { definition: uncategorised, language: 'en_US', provider: 'wa1' },
      { definition: orderConfirmation, language: 'de', provider: 'wa1' },
    ];
    const reasons = [];
    for (const request of requests) reasons.push(await client.createTemplate(request, soon()));
    expect(reasons).toMatchObject([
      { code: 'invalid-request', reason: expect.stringMatching(/^provider: /) },
      { code: 'invalid-request', reason: 'category: is missing' },
      { code: 'invalid-request', reason: 'language: the definition has no de' },
    ]);
    expect(calls).toEqual([]);
  });
});

describe('one template that is looked up (guide 001, section 2; guide 002, edge case 3)', () => {
  it('has its status, its reason and everything it says', async () => {
    const answer = { ...(payload('request-create-template') as object), id: 'tpl/9', status: 'REJECTED' };
    const { client, calls } = await ready(
      json(200, { ...answer, rejection_reason: 'POLICY_VIOLATION', quality: 'red' }),
    );
    const request = { channel: 'whatsapp' as const, providerTemplateId: 'tpl/9', provider: 'wa1' };
    const [of] = orderConfirmation.languages;
    expect(await client.getTemplate(request, soon())).toEqual({
      outcome: 'ok',
      value: {
        providerTemplateId: 'tpl/9',
        name: 'order_confirmation_v2',
        language: 'en_US',
        channel: 'whatsapp',
        provider: 'wa1',
        status: 'REJECTED',
        rejectionReason: 'POLICY_VIOLATION',
        category: 'UTILITY',
        quality: 'RED',
        parameterCount: 3,
        headerParameterCount: 1,
        components: {
          ...of,
          header: { ...of!.header!, variables: ['header_1'] },
          body: { ...of!.body, variables: ['body_1', 'body_2', 'body_3'] },
        },
        variables: [
          { name: 'header_1', type: 'text', max: 60, sample: 'ORD-00000' },
          { name: 'body_1', type: 'text', max: 1024, sample: 'Customer' },
          { name: 'body_2', type: 'text', max: 1024, sample: 'ORD-12345' },
          { name: 'body_3', type: 'date', max: 1024, sample: '2023-10-25' },
        ],
      },
    });
    expect(calls[0]).toMatchObject({ method: 'GET', path: '/api/v2/messaging/providers/wa1/templates/tpl%2F9' });
  });

  it('of a channel of guide 002 is found by its id alone', async () => {
    const answer = { ...(payload('request-create-sms-template') as object), id: 'sms 1', status: 'DRAFT' };
    const { client, calls } = await ready(json(200, answer));
    const result = await client.getTemplate({ channel: 'sms', providerTemplateId: 'sms 1' }, soon());
    expect(calls[0]!.path).toBe('/api/v2/messaging/templates/sms%201');
    const [of] = orderShipped.languages;
    expect(result).toMatchObject({ value: { status: 'DRAFT', language: 'und', components: of } });
  });

  it('that the provider does not have is refused as not found, and an answer that is none leaves it unknown', async () => {
    const request = { channel: 'sms' as const, providerTemplateId: 'x' };
    const gone = await ready(json(404, { code: 'not.found' }));
    expect(await gone.client.getTemplate(request, soon())).toMatchObject({ outcome: 'refused', code: 'not-found' });
    const odd = await ready(json(200, { id: 'x', type: 'sms', name: 'y', body: 'z' }));
    const reason = 'status 200, but the answer is no template: status is missing';
    expect(await odd.client.getTemplate(request, soon())).toEqual({ outcome: 'unknown', reason });
  });

  it.each<[string, object[]]>([
    [
      'a picture in the header',
      [
        { type: 'HEADER', format: 'IMAGE' },
        { type: 'BODY', text: 'x' },
      ],
    ],
    [
      'a button of another kind',
      [
        { type: 'BODY', text: 'x' },
        { type: 'BUTTONS', buttons: [{ type: 'FLOW' }] },
      ],
    ],
    ['another component', [{ type: 'BODY', text: 'x' }, { type: 'CAROUSEL' }]],
    ['no body', [{ type: 'FOOTER', text: 'x' }]],
  ])('with %s is listed without what it says, for no definition could say it', async (_title, components) => {
    const { client } = await ready(json(200, { id: 't', name: 'n', language: 'en', status: 'APPROVED', components }));
    const request = { channel: 'whatsapp' as const, providerTemplateId: 't', provider: 'wa1' };
    const result = await client.getTemplate(request, soon());
    expect(result).toMatchObject({ outcome: 'ok', value: { status: 'APPROVED' } });
    expect(Object.keys(result.outcome === 'ok' ? result.value : {})).not.toContain('components');
  });
});
