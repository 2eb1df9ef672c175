import { readFileSync } from 'node:fs';
import {
  CampaignsApi,
  type CampaignRequest,
  dropTopics,
  testKafkaBrokers,
  testRedisUrl,
  uniqueNamespace,
} from '@heliograph/testing';
import { KEYS, startApi } from '../fixtures/started-api.ts';
import { applyTemplates } from './applied-templates.ts';
import { orderSms, campaignRequest } from './campaign-specs.ts';

/** Uploads rows through the HTTP door and tells, every 100,000 of them, what memory the service takes. By hand: `node test/upload-memory.ts 1000000`. */
const rows = Number(process.argv[2] ?? 1_000_000);
const namespace = uniqueNamespace('upload-memory');
const api = await startApi({ kafkaBrokers: testKafkaBrokers(), redisUrl: testRedisUrl(), namespace });
await applyTemplates(api, [orderSms(), 'PUBLISHED']);
const campaigns = new CampaignsApi(api.service.address, KEYS.acme);
const { campaignId: id } = await campaigns.create(
  campaignRequest({ columns: { address: 'phone', externalId: 'id' } }) as CampaignRequest,
);
const begun = performance.now();

const residentMb = (): string =>
  (Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1_024).toFixed(0);

function* file(): Iterable<string> {
  yield 'phone,order,id\n';
  for (let from = 0; from < rows; from += 1_000) {
    if (from % 100_000 === 0) {
      const { heapUsed } = process.memoryUsage();
      const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
      process.stdout.write(
        `${from} rows, ${seconds} s: ${residentMb()} MB resident, ${(heapUsed / 1_048_576).toFixed(0)} MB heap\n`,
      );
    }
    let text = '';
    for (let row = from; row < Math.min(rows, from + 1_000); row++) {
      const phone = row % 100 === 99 ? 'wrong' : `+1${2_125_000_000 + row}`;
      text += `${phone},ORD-${row},"crm ""${row}"""\n`;
    }
    yield text;
  }
}

const { errors, ...answer } = await campaigns.upload(id, file());
const seconds = (performance.now() - begun) / 1_000;
process.stdout.write(`${JSON.stringify({ ...answer, errors: errors.length, seconds, residentMb: residentMb() })}\n`);
await api.service.stop();
await dropTopics(testKafkaBrokers(), namespace);
