import { testKafkaBrokers, testRedisUrl, uniqueNamespace, waitFor } from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApi, type StartedApi } from '../../fixtures/started-api.ts';
import { applyTemplates } from '../../test/applied-templates.ts';
import { CampaignRunnerStandIn } from '../../test/campaign-runner-stand-in.ts';
import { createCampaign, orderSms, upload } from '../../test/campaign-specs.ts';

const namespace = uniqueNamespace('api-uploads');
const brokers = testKafkaBrokers();
let api: StartedApi;
let runner: CampaignRunnerStandIn;

beforeAll(async () => {
  api = await startApi({ kafkaBrokers: brokers, redisUrl: testRedisUrl(), namespace });
  runner = await CampaignRunnerStandIn.start(api, brokers, namespace);
  await applyTemplates(api, [orderSms(), 'PUBLISHED']);
}, 60_000);

afterAll(async () => {
  await runner.close();
  await api.service.stop();
}, 30_000);

const NONE = { invalid: 0, repeated: 0, suppressed: 0, errors: [], errorsOmitted: 0 };

describe('a file of recipients', () => {
  it('becomes a recipient per row, with the values of the row, all acknowledged before the answer', async () => {
    const id = await createCampaign(api, {
      columns: { address: 'phone', externalId: 'crm id', language: 'lang', timeZone: 'tz' },
    });
    const file = 'order,phone,crm id,lang,tz\nA-1,(212) 555-0101,"003/Ω ""x""",de,Europe/Berlin\nA-2,+15550000002,,,\n';
    const { status, json } = await upload(api, id, file);
    expect([status, json]).toEqual([200, { ...NONE, uploadId: expect.any(String), rows: 2, accepted: 2 }]);
    await waitFor(() => runner.of(runner.uploads, id).length === 1, { description: 'the end of the upload' });
    await waitFor(() => runner.of(runner.recipients, id).length === 2, { description: 'the recipients' });
    const [first] = runner.of(runner.recipients, id).sort((a, b) => a.line - b.line);
    expect(first).toMatchObject({
      ...{ contact: '+12125550101', line: 2, channel: 'sms', sender: 'alerts', account: 'acme-genesys' },
      ...{ externalId: '003/Ω "x"', timeZone: 'Europe/Berlin', uploadId: json.uploadId },
      content: { type: 'template', name: 'order_sms', language: 'de', variables: { order: 'A-1' } },
    });
  });
});
