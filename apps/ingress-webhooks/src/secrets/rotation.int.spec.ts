import { mkdirSync, mkdtempSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TOPICS } from '@heliograph/contracts';
import { Log, type RunningService } from '@heliograph/runtime';
import { guideMessage, readAll, testKafkaBrokers, uniqueNamespace, waitFor } from '@heliograph/testing';
import { sendWebhook } from '../../fixtures/started-ingress.ts';
import { IngressConfig } from '../config.ts';
import { startIngress } from '../service.ts';

const OLD = 'old-secret-0123456789abcdef';
const NEW = 'new-secret-0123456789abcdef';
const SENDERS = 8;

const namespace = uniqueNamespace('rotation');
const folder = mkdtempSync(join(tmpdir(), 'heliograph-rotation-'));
const lines: Record<string, unknown>[] = [];
let service: RunningService;

const account = (webhookSecretFiles: readonly string[]) => ({
  id: 'one',
  tenant: 'acme',
  profile: 'genesys-guide',
  api: { baseUrl: 'http://127.0.0.1:1', tokenUrl: 'http://127.0.0.1:1/token' },
  client: { id: 'client', secretFile: 'none' },
  webhookSecretFiles,
  senders: [{ name: 'support', channel: 'whatsapp', addresses: ['+15550009876'], queueId: 'q' }],
});
/** The accounts file with these secret files, put in place at once. */
function name(...webhookSecretFiles: string[]): void {
  writeFileSync(join(folder, 'next.json'), JSON.stringify({ accounts: [account(webhookSecretFiles)] }));
  renameSync(join(folder, 'next.json'), join(folder, 'accounts.json'));
}
const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
async function sample(line: string): Promise<number> {
  const text = await (await fetch(`${service.address}/metrics`)).text();
  return Number(
    text
      .split('\n')
      .find((one) => one.startsWith(`${line} `))
      ?.slice(line.length) ?? 0,
  );
}
const CHANGES = 'heliograph_ingress_secret_changes_total{account="one"}';
const REFUSED = 'heliograph_ingress_secrets_refused_total';
/** Does it, and waits until it was noticed. */
async function noticed(counter: string, change: () => void): Promise<void> {
  const before = await sample(counter);
  change();
  await waitFor(async () => (await sample(counter)) > before, { description: `${counter} counts` });
}
const send = async (secret: string, event: object = guideMessage()) =>
  (await sendWebhook(service.address, Buffer.from(JSON.stringify(event)), { secret })).status;

beforeAll(async () => {
  write('old', OLD);
  write('new', NEW);
  name('old');
  const config = Object.assign(new IngressConfig(), {
    kafkaBrokers: testKafkaBrokers(),
    namespace,
    conversationPartitions: 1,
    accountsFile: join(folder, 'accounts.json'),
    secretsPollMs: 20,
  });
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  service = await startIngress(config, Log.open({ service: 'test', destination }));
}, 60_000);

afterAll(() => service.stop());

/** Sends one webhook after the other under the secret that the provider has at the moment, until it is told to stop. */
class Provider {
  secret = OLD;
  readonly accepted: string[] = [];
  readonly refused: number[] = [];
  /** The secrets of what is under way, once for each. */
  private readonly signed: string[] = [];
  private stopping = false;
  private readonly running = Array.from({ length: SENDERS }, () => this.run());

  get inFlight(): ReadonlySet<string> {
    return new Set(this.signed);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.running);
  }

  /** Waits until so many more were accepted. */
  async more(count: number): Promise<void> {
    const wanted = this.accepted.length + count;
    await waitFor(() => this.accepted.length >= wanted, { description: `${count} more webhooks`, timeoutMs: 30_000 });
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      const event = guideMessage();
      const { secret } = this;
      this.signed.push(secret);
      const status = await send(secret, event);
      this.signed.splice(this.signed.indexOf(secret), 1);
      if (status === 200) this.accepted.push(event.id);
      // A machine under load may give 503 for a moment; the provider would send it again.
      else if (status !== 503) this.refused.push(status);
    }
  }
}

describe('the webhook secret is changed while webhooks come (guide 000, section 3: signature)', () => {
  it('without a restart and without a loss: both are active in between, and afterwards the old one opens nothing', async () => {
    const provider = new Provider();
    await provider.more(30);
    expect(await send(NEW)).toBe(401);
    await noticed(CHANGES, () => name('old', 'new'));
    expect(await sample('heliograph_ingress_active_secrets{account="one"}')).toBe(2);
    await provider.more(30);
    provider.secret = NEW;
    await provider.more(30);
    await waitFor(() => !provider.inFlight.has(OLD), { description: 'nothing signed with the old one is under way' });
    await noticed(CHANGES, () => name('new'));
    await provider.more(30);
    await provider.stop();
    expect(provider.refused).toEqual([]);
    expect(await send(OLD)).toBe(401);
    const records = await readAll(testKafkaBrokers(), namespace + TOPICS.webhookReceived.name);
    const stored = new Set(records.map(({ headers }) => headers.ce_eventid));
    expect(provider.accepted.filter((id) => !stored.has(id))).toEqual([]);
    expect(provider.accepted.length).toBeGreaterThanOrEqual(128);
  }, 120_000);

  it('by new content of its file, also when the file is a link that is swapped, as mounted secrets are', async () => {
    for (const [version, secret] of [
      ['v1', 'third-secret-0123456789'],
      ['v2', 'fourth-secret-0123456789'],
    ] as const) {
      mkdirSync(join(folder, version));
      write(`${version}/webhook`, secret);
    }
    const link = (version: string) => {
      symlinkSync(version, join(folder, 'current.new'));
      renameSync(join(folder, 'current.new'), join(folder, 'current'));
    };
    await noticed(CHANGES, () => {
      link('v1');
      name('current/webhook');
    });
    expect([await send('third-secret-0123456789'), await send(NEW)]).toEqual([200, 401]);
    await noticed(CHANGES, () => link('v2'));
    expect([await send('fourth-secret-0123456789'), await send('third-secret-0123456789')]).toEqual([200, 401]);
    await noticed(CHANGES, () => write('v2/webhook', 'fifth-secret-0123456789'));
    expect(await send('fifth-secret-0123456789')).toBe(200);
  });

  it('what cannot be used changes nothing and is said: an empty file, a missing one, three, a broken accounts file', async () => {
    write('steady', 'steady-secret-0123456789');
    await noticed(CHANGES, () => name('steady'));
    const wrong: (() => void)[] = [
      () => write('steady', ''),
      () => name('steady', 'nowhere'),
      () => name('steady', 'old', 'new'),
      () => write('accounts.json', '{'),
    ];
    for (const change of wrong) {
      await noticed(REFUSED, change);
      expect(await send('steady-secret-0123456789')).toBe(200);
    }
    expect(JSON.stringify(lines)).not.toMatch(/-secret-0123/);
    await noticed(CHANGES, () => {
      write('steady', 'last-secret-0123456789');
      name('steady');
    });
    expect(await send('last-secret-0123456789')).toBe(200);
  });
});
