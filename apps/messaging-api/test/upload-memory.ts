// By hand, after a build: HELIOGRAPH_TEST_KAFKA=… HELIOGRAPH_TEST_REDIS=… node apps/messaging-api/test/upload-memory.ts 1000000
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { definitionKey, EVENTS, TOPICS, type TemplateDefinition } from '@heliograph/contracts';
import { connectKafka, ensureTopics, EventPublisher, newEvent } from '@heliograph/kafka';
import {
  CampaignsApi,
  dropTopics,
  freePort,
  testKafkaBrokers,
  testRedisUrl,
  uniqueNamespace,
  waitFor,
} from '@heliograph/testing';

const KEY = 'acme-key-0123456789';
const rows = Number(process.argv[2] ?? 1_000_000);
const namespace = uniqueNamespace('upload-memory');
const brokers = testKafkaBrokers();
const print = (text: string): void => void process.stdout.write(`${text}\n`);

function settings(port: number): NodeJS.ProcessEnv {
  const folder = mkdtempSync(join(tmpdir(), 'heliograph-upload-'));
  const write = (name: string, content: unknown): string => {
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
    return join(folder, name);
  };
  const urls = { baseUrl: 'http://127.0.0.1:1', tokenUrl: 'http://127.0.0.1:1/token' };
  const senders = [{ name: 'alerts', channel: 'sms', addresses: ['+15550001111'], queueId: 'q' }];
  const secrets = { client: { id: 'client', secretFile: 'none' }, webhookSecretFiles: ['none'] };
  const account = { id: 'acme-genesys', tenant: 'acme', profile: 'genesys-guide', api: urls, ...secrets, senders };
  write('acme.key', KEY);
  return {
    ...process.env,
    ...{ KAFKA_BROKERS: brokers.join(), REDIS_URL: testRedisUrl(), NAMESPACE: namespace, HOST: '127.0.0.1' },
    ...{ PORT: String(port), CONVERSATION_PARTITIONS: '12', LOG_LEVEL: 'warn' },
    ACCOUNTS_FILE: write('accounts.json', { accounts: [account] }),
    API_KEYS_FILE: write('keys.json', [{ name: 'acme', tenant: 'acme', keyFile: 'acme.key' }]),
    CONSENT_KEY_FILE: write('consent.key', 'a key of thirty-two bytes or more'),
  };
}

async function applyTemplate(): Promise<void> {
  const kafka = connectKafka({ brokers, clientId: 'upload-memory', namespace, conversationPartitions: 12 });
  await ensureTopics(kafka, [TOPICS.templateDefinition]);
  const definition: TemplateDefinition = {
    ...{ tenant: 'acme', account: 'acme-genesys', name: 'order_sms', version: 1, providerName: 'order_sms' },
    ...{ channel: 'sms', variables: [{ name: 'order', type: 'text', max: 20, sample: 'ORD-1' }] },
    languages: [{ language: 'en', body: { text: 'Your order {{order}} is here.', variables: ['order'] } }],
    ...{ fallbacks: [], emoji: 'keep', appliedAt: new Date().toISOString() },
  };
  const parts = {
    id: crypto.randomUUID(),
    key: definitionKey(definition),
    tenant: 'acme',
    source: '/heliograph/bench',
  };
  const event = newEvent(EVENTS.templateDefinition, { ...parts, data: definition });
  const publisher = new EventPublisher(kafka);
  await publisher.publish([{ contract: EVENTS.templateDefinition, event }]);
  await publisher.close();
}

await applyTemplate();
const port = await freePort();
const main = join(import.meta.dirname, '..', 'dist', 'main.js');
const service = spawn(process.execPath, [main], { env: settings(port), stdio: 'inherit' });
const address = `http://127.0.0.1:${port}`;
const isReady = async (): Promise<boolean> => (await fetch(`${address}/health/ready`)).ok;
await waitFor(isReady, { description: 'the service is ready', timeoutMs: 60_000 });

const residentMb = (): number =>
  Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${service.pid}/status`, 'utf8'))![1]) / 1_024);
const begun = performance.now();
let highest = 0;

function* file(): Iterable<string> {
  yield 'phone,order,id\n';
  for (let from = 0; from < rows; from += 500) {
    highest = Math.max(highest, residentMb());
    if (from % 100_000 === 0) {
      print(`${from} rows, ${((performance.now() - begun) / 1_000).toFixed(1)} s: ${residentMb()} MB resident`);
    }
    let text = '';
    for (let row = from; row < Math.min(rows, from + 500); row++) {
      text += `${row % 100 === 99 ? 'wrong' : `+1${2_125_000_000 + row}`},ORD-${row},"crm ""${row}"""\n`;
    }
    yield text;
  }
}

const campaigns = new CampaignsApi(address, KEY);
const { campaignId: id } = await campaigns.create({
  ...{ name: 'upload', channel: 'sms', sender: 'alerts', template: { name: 'order_sms', language: 'en' } },
  ...{ variables: { order: { column: 'order' } }, columns: { address: 'phone', externalId: 'id' } },
});
const { errors, ...answer } = await campaigns.upload(id, file());
const seconds = Math.round((performance.now() - begun) / 1_000);
print(JSON.stringify({ ...answer, errors: errors.length, seconds, residentMb: residentMb(), highestMb: highest }));
await campaigns.order(id, 'cancel');
service.kill();
await once(service, 'exit');
await dropTopics(brokers, namespace);
