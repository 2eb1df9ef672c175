import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { CONSENT_GROUP, consentStateKey, NOTHING_SAID, Subjects } from '@heliograph/consent';
import { campaignMessageId, consentKey, conversationId } from '@heliograph/contracts';
import { partitionOf } from '@heliograph/kafka';
import { FencedGate, RedisClient } from '@heliograph/redis';
import { testKafkaBrokers, testRedisUrl, uniqueNamespace, waitFor } from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CONSENT_KEY, KEYS, PARTITIONS, startApi, type StartedApi } from '../../fixtures/started-api.ts';
import { applyTemplates } from '../../test/applied-templates.ts';
import { CampaignRunnerStandIn } from '../../test/campaign-runner-stand-in.ts';
import { createCampaign, orderSms, upload } from '../../test/campaign-specs.ts';

const namespace = uniqueNamespace('api-uploads');
const brokers = testKafkaBrokers();
let api: StartedApi;
let runner: CampaignRunnerStandIn;
let redis: RedisClient;

beforeAll(async () => {
  redis = new RedisClient({ url: testRedisUrl(), namespace });
  await redis.whenUp();
  api = await startApi({ kafkaBrokers: brokers, redisUrl: testRedisUrl(), namespace });
  runner = await CampaignRunnerStandIn.start(api, brokers, namespace);
  await applyTemplates(api, [orderSms(), 'PUBLISHED']);
}, 60_000);

afterAll(async () => {
  await runner.close();
  await redis.close();
  await api.service.stop();
}, 30_000);

const NONE = { invalid: 0, repeated: 0, suppressed: 0, errors: [], errorsOmitted: 0 };
/** What is on the topics of one campaign once this many uploads of it were told of. */
async function told(campaignId: string, uploads: number) {
  const all = () => runner.of(runner.uploads, campaignId);
  await waitFor(() => all().length === uploads, { description: `${uploads} uploads were told of` });
  const accepted = all().reduce((sum, one) => sum + one.accepted, 0);
  const recipients = () => runner.of(runner.recipients, campaignId);
  await waitFor(() => recipients().length === accepted, { description: `${accepted} recipients` });
  return { uploads: all(), recipients: recipients().sort((a, b) => a.line - b.line) };
}
const numbered = (index: number): string => `+1212555${String(index).padStart(4, '0')}`;

describe('a file of recipients', () => {
  it('becomes a recipient per row, with the values of the row, all acknowledged before the answer', async () => {
    const columns = { address: 'phone', externalId: 'crm id', language: 'lang', timeZone: 'tz' };
    const id = await createCampaign(api, { columns });
    const file = 'order,phone,crm id,lang,tz\nA-1,(212) 555-0101,"003/Ω ""x""",de,Europe/Berlin\nA-2,+15550000002,,,\n';
    const { status, json } = await upload(api, id, file);
    expect([status, json]).toEqual([200, { ...NONE, uploadId: expect.any(String), rows: 2, accepted: 2 }]);
    const { uploads, recipients } = await told(id, 1);
    expect(uploads).toMatchObject([{ uploadId: json.uploadId, rows: 2, accepted: 2 }]);
    const contact = '+12125550101';
    expect(recipients[0]).toEqual({
      ...{ campaignId: id, tenant: 'acme', account: 'acme-genesys', channel: 'sms', sender: 'alerts', contact },
      conversationId: conversationId('acme', 'sms', 'alerts', contact),
      messageId: campaignMessageId('acme', id, 'sms', contact),
      ...{ uploadId: json.uploadId, line: 2, externalId: '003/Ω "x"', timeZone: 'Europe/Berlin' },
      content: { type: 'template', name: 'order_sms', language: 'de', variables: { order: 'A-1' } },
      at: expect.any(String),
    });
    expect(recipients[1]).not.toHaveProperty('externalId');
  });

  it('has every wrong row reported with its line, its column and the reason, and none of its content', async () => {
    const columns = { address: 'phone', language: 'lang', timeZone: 'tz' };
    const id = await createCampaign(api, { columns });
    const lines = [
      'phone,order,lang,tz',
      '+12125550001,A-1,,',
      ',A-1,,',
      'secret,A-1,,',
      '+12125550002,,,',
      '+12125550003,an order number that is too long,,',
      '+12125550004,A-1,fr,',
      '+12125550005,A-1,,Berlin',
      'unknown,{{order}},,',
      '+12125550006,A-1',
      '',
      '+12125550007,"A-1,,',
    ];
    const { status, json, text } = await upload(api, id, lines.join('\r\n'));
    expect([status, json.rows, json.accepted, json.invalid]).toEqual([200, 11, 1, 10]);
    const errors = json.errors as { line: number; field?: string; code: string; reason: string }[];
    expect(errors.map(({ line, field = '', code }) => `${line} ${field} ${code}`)).toEqual([
      '3 phone address-missing',
      '4 phone address-invalid',
      '5 order variable-invalid',
      '6 order variable-invalid',
      '7 lang language-invalid',
      '8 tz time-zone-invalid',
      '9 phone address-invalid',
      '9 order variable-invalid',
      '10  column-count',
      '11  empty-row',
      '12  broken-quotes',
    ]);
    expect(errors.find(({ line }) => line === 6)!.reason).toBe('has 32 characters; at most 20 are allowed');
    expect(text).not.toMatch(/secret|an order number/);
  });

  it('is counted to the row, wherever it is broken', async () => {
    const good = fc.nat(300).map((index) => ({ text: `${numbered(index)},A-${index}`, wrong: false, contact: index }));
    const wrong = fc
      .constantFrom('x,A-1', ',', '"open', '', 'a,b,c', '+1,2', `${numbered(1)},`, `${'9'.repeat(70_000)},A-1`)
      .map((text) => ({ text, wrong: true, contact: -1 }));
    const file = fc.array(fc.oneof({ weight: 3, arbitrary: good }, { weight: 1, arbitrary: wrong }), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(file, async (rows) => {
        const id = await createCampaign(api);
        const { json } = await upload(api, id, ['phone,order', ...rows.map(({ text }) => text), ''].join('\n'));
        const good = rows.filter((row) => !row.wrong).map(({ contact }) => contact);
        const invalid = rows.length - good.length;
        const accepted = new Set(good).size;
        expect(json).toMatchObject({ rows: rows.length, accepted, invalid, repeated: good.length - accepted });
        const lines = rows.flatMap((row, index) => (row.wrong ? [index + 2] : []));
        expect([...new Set((json.errors as { line: number }[]).map(({ line }) => line))]).toEqual(lines);
      }),
      { numRuns: 15 },
    );
  });

  it('may be NDJSON, with numbers as they are', async () => {
    const id = await createCampaign(api, { country: undefined });
    const rows = [
      { phone: 12125550001, order: 17 },
      { phone: '+12125550002', order: null },
      { phone: ['x'], order: 'A' },
    ];
    const { json } = await upload(api, id, rows.map((row) => JSON.stringify(row)).join('\n'), {
      type: 'application/x-ndjson',
    });
    expect(json).toMatchObject({ rows: 3, accepted: 1, invalid: 2 });
    expect(json.errors).toMatchObject([
      { line: 2, field: 'order', code: 'variable-invalid' },
      { line: 3, field: 'phone', code: 'address-invalid', reason: 'must be a text or a number' },
      { line: 3, field: 'phone', code: 'address-missing' },
    ]);
    expect((await told(id, 1)).recipients[0]!.content.variables).toEqual({ order: 17 });
  });

  it.each([
    [
      'windows-1252 as the Content-Type says',
      Buffer.from('phone;größe\n+12125550001;é\n', 'latin1'),
      'text/csv; charset=ISO-8859-1',
    ],
    ['UTF-16 with a byte order mark', Buffer.from('\uFEFFphone;größe\n+12125550001;é\n', 'utf16le'), 'text/csv'],
    [
      'UTF-8 with a byte order mark, whatever the type says',
      Buffer.from('\uFEFFphone;größe\n+12125550001;é\n'),
      'text/csv;charset="latin1"',
    ],
  ])('is read in %s', async (_, file, type) => {
    const id = await createCampaign(api, { variables: { order: { column: 'größe' } } });
    const { json } = await upload(api, id, file, { type, query: '?separator=%3B' });
    expect(json).toMatchObject({ rows: 1, accepted: 1 });
    expect((await told(id, 1)).recipients[0]!.content.variables).toEqual({ order: 'é' });
  });

  it('in another charset than it says costs the rows that show it, not the others', async () => {
    const id = await createCampaign(api);
    const file = Buffer.from(`phone,order\n${numbered(1)},A-1\n${numbered(2)},é\n`, 'latin1');
    const { json } = await upload(api, id, file);
    expect(json).toMatchObject({ accepted: 1, invalid: 1, errors: [{ line: 3, code: 'broken-encoding' }] });
  });

  it('sent again makes repeats of all of it, as does a contact written in another way', async () => {
    const id = await createCampaign(api);
    const file = 'phone,order\n(212) 555-0001,A-1\n+12125550002,A-2\n212.555.0001,A-3\n';
    expect((await upload(api, id, file)).json).toMatchObject({ rows: 3, accepted: 2, repeated: 1 });
    expect((await upload(api, id, file)).json).toMatchObject({ rows: 3, accepted: 0, repeated: 3 });
    expect((await told(id, 2)).recipients.map(({ line }) => line)).toEqual([2, 3]);
  });

  it('has nobody in it who has opted out, of marketing alone, too', async () => {
    const id = await createCampaign(api);
    for (const [contact, purpose] of [
      [numbered(1), 'all'],
      [numbered(2), 'marketing'],
    ] as const) {
      const subject = {
        tenant: 'acme',
        subject: new Subjects(CONSENT_KEY).of({ tenant: 'acme', channel: 'sms', address: contact }),
      };
      const partition = partitionOf(consentKey(subject), PARTITIONS);
      await new FencedGate(redis, { group: CONSENT_GROUP }).admit(partition, 1);
      const out = {
        state: 'out',
        at: '2026-03-02T09:15:00.000Z',
        source: 'keyword',
        evidence: {},
        eventId: randomUUID(),
      };
      await redis.client.hset(
        consentStateKey(partition, subject),
        'purposes',
        JSON.stringify({ ...NOTHING_SAID, [purpose]: out }),
      );
    }
    const rows = [1, 2, 3].map((index) => `${numbered(index)},A-${index}`);
    const { json } = await upload(api, id, ['phone,order', ...rows].join('\n'));
    expect(json).toMatchObject({ rows: 3, accepted: 1, suppressed: 2, invalid: 0 });
  });

  it('of thousands of rows is published in batches, and of its errors the first 10,000 are told', async () => {
    const id = await createCampaign(api, { country: undefined });
    const rows = Array.from({ length: 13_000 }, (_, index) =>
      index < 2_000 ? `+1312${5550000 + index},A` : 'wrong,A',
    );
    const { json } = await upload(api, id, ['phone,order', ...rows].join('\n'));
    expect(json).toMatchObject({ rows: 13_000, accepted: 2_000, invalid: 11_000, errorsOmitted: 1_000 });
    expect(json.errors).toHaveLength(10_000);
    expect(new Set((await told(id, 1)).recipients.map(({ messageId }) => messageId)).size).toBe(2_000);
  });
});

describe('a file that cannot be read', () => {
  it.each([
    ['for a header without a column', 'a,b\n', 'text/csv', '', 400, '(header)'],
    ['for an empty body', '', 'text/csv', '', 400, '(body)'],
    ['for a charset that is not known', 'phone\n', 'text/csv; charset=utf-7', '', 415, 'Content-Type'],
    ['for another type', 'phone\n', 'text/plain', '', 415, 'Content-Type'],
    ['for JSON', '{}', 'application/json', '', 415, 'Content-Type'],
    ['for a long separator', 'phone\n', 'text/csv', '?separator=ab', 400, 'separator'],
    ['for a quote that separates', 'phone\n', 'text/csv', '?quote=,', 400, 'quote'],
  ])('is refused %s, and nothing of it is accepted', async (_, file, type, query, status, field) => {
    const id = await createCampaign(api);
    const answer = await upload(api, id, file, { type, query });
    const fields = (answer.json.details as { field: string }[]).map((one) => one.field);
    expect([answer.status, ...new Set(fields)]).toEqual([status, field]);
    expect(answer.json.message).toMatch(/\w/);
  });

  it('is refused for a campaign that is not there, or is of another tenant', async () => {
    const id = await createCampaign(api);
    expect((await upload(api, randomUUID(), 'phone\n')).status).toBe(404);
    expect((await upload(api, id, 'phone\n', { tenant: 'globex' })).status).toBe(404);
    expect((await upload(api, 'x', 'phone\n')).json.details).toEqual([{ field: 'id', reason: 'is not a UUID' }]);
  });

  it('is taken on no other path', async () => {
    const answer = await api.call('POST', '/v1/messages', 'phone\n', {
      headers: { 'content-type': 'text/csv' },
      key: 'k',
    });
    expect(answer.status).toBe(415);
  });
});

describe('an upload that breaks off', () => {
  it('has told of the rows before, and sent again adds the rest', async () => {
    const id = await createCampaign(api);
    const rows = Array.from({ length: 9_000 }, (_, index) => `+1312${5550000 + index},ORDER-${index}\n`);
    const header = 'phone,order\n';
    const headers = { authorization: `Bearer ${KEYS.acme}`, 'content-type': 'text/csv' };
    const sending = request(`${api.service.address}/v1/campaigns/${id}/recipients`, { method: 'POST', headers });
    sending.on('error', () => undefined);
    sending.write(header + rows.slice(0, 8_000).join(''));
    await waitFor(() => runner.of(runner.recipients, id).length > 0, { description: 'recipients' });
    sending.destroy();
    const [first] = (await told(id, 1)).uploads;
    expect(first!.accepted).toBeGreaterThan(0);
    const again = await upload(api, id, header + rows.join(''));
    expect(again.json).toMatchObject({ rows: 9_000, repeated: first!.accepted, accepted: 9_000 - first!.accepted });
    expect((await told(id, 2)).recipients).toHaveLength(9_000);
  });
});
