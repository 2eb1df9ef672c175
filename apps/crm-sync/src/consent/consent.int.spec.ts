import { randomUUID } from 'node:crypto';
import {
  consentKey,
  EVENTS,
  TOPICS,
  type ConsentChange,
  type ConsentChanged,
  type PurposeConsent,
} from '@heliograph/contracts';
import { connectKafka, EventPublisher, newEvent } from '@heliograph/kafka';
import { Log, type RunningService } from '@heliograph/runtime';
import { followTopic, testKafkaBrokers, uniqueNamespace, waitFor, type Following } from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../test/simulator.ts';
import { CONSENT_KEY, SUBJECTS } from '../../test/subjects.ts';
import { Conversation, PARTITIONS, TimelineWriter } from '../../test/timeline.ts';
import { contactOf } from '../crm/contact.ts';
import { CrmSyncConfig } from '../config.ts';
import { startCrmSync } from '../service.ts';

const namespace = uniqueNamespace('crm-sync-consent');
const KEY = 'simulated-key';
const AUTHORIZED = { authorization: `Bearer ${KEY}` };
const ACCOUNT = {
  id: 'acme-genesys',
  client: { id: 'client', secret: 'secret' },
  senders: [{ channel: 'whatsapp', address: '+15550009876' }],
};
const given: { id: string; data: ConsentChange }[] = [];

let simulator: Simulator;
let service: RunningService;
let timeline: TimelineWriter;
let publisher: EventPublisher;
let reader: Following;

beforeAll(async () => {
  simulator = await Simulator.start({ accounts: [ACCOUNT], crm: { apiKey: KEY } });
  const brokers = testKafkaBrokers();
  const config = Object.assign(new CrmSyncConfig(), {
    ...{ kafkaBrokers: brokers, namespace, conversationPartitions: PARTITIONS, heartbeatMs: 200 },
    ...{ crmUrl: `${simulator.address}/crm`, crmApiKey: KEY, consentKey: CONSENT_KEY, crmChangesMs: 50 },
  });
  service = await startCrmSync(config, Log.open({ service: 'test', level: 'silent' }));
  timeline = new TimelineWriter(namespace);
  const kafka = connectKafka({ brokers, clientId: 'spec', namespace, conversationPartitions: PARTITIONS });
  publisher = new EventPublisher(kafka);
  reader = await followTopic({
    ...{ brokers, topic: namespace + TOPICS.consentCommand.name, group: `${namespace}reader` },
    onRecord: ({ headers, json }) => void given.push({ id: headers.ce_id!, data: json as ConsentChange }),
  });
}, 60_000);

afterAll(async () => {
  await reader.close();
  await publisher.close();
  await timeline.close();
  await service.stop();
  await simulator.stop();
});

/** A customer whom the CRM has as a contact. */
async function customer(): Promise<{ id: string; tenant: string; subject: string }> {
  const conversation = new Conversation();
  await timeline.write(conversation.says('hello'));
  const { id, fields } = contactOf(conversation.who, SUBJECTS);
  await shown(id, () => true);
  return { id, tenant: 'acme', subject: fields.consentSubject };
}

interface ShownContact {
  doNotContact?: boolean;
  noMarketing?: boolean;
}
const shown = (id: string, as: (contact: ShownContact) => boolean): Promise<ShownContact> =>
  waitFor(
    async () => {
      const contact = await simulator.get<ShownContact>(`/crm/v1/contacts/${id}`, AUTHORIZED).catch(() => undefined);
      return contact && as(contact) && contact;
    },
    { description: `the CRM shows ${id}`, timeoutMs: 30_000 },
  );

/** Tells what session-state would: where the contact stands now. */
async function stands(
  of: { tenant: string; subject: string },
  sequence: number,
  { all = 'unknown', marketing = 'unknown' }: { all?: PurposeConsent['state']; marketing?: PurposeConsent['state'] },
): Promise<void> {
  const at = new Date().toISOString();
  const unknown = { state: 'unknown' } as const;
  const data: ConsentChanged = {
    ...{ tenant: of.tenant, subject: of.subject, change: all === 'in' ? 'opt-in' : 'opt-out', purpose: 'all' },
    ...{ source: 'keyword', evidence: {}, at, sequence, effective: true, recordedAt: at },
    before: { all: unknown, marketing: unknown },
    after: { all: { state: all, at }, marketing: { state: marketing, at } },
  };
  const parts = { id: randomUUID(), key: consentKey(of), data, tenant: of.tenant, source: '/heliograph/spec' };
  await publisher.publish([{ contract: EVENTS.consentChanged, event: newEvent(EVENTS.consentChanged, parts) }]);
}

describe('an opt-out (guide 002, edge case 1)', () => {
  it('marks the contact do-not-contact in the CRM, a later opt-in takes it back, and later entries change nothing of it', async () => {
    const someone = await customer();
    await stands(someone, 1, { all: 'out' });
    await shown(someone.id, ({ doNotContact, noMarketing }) => doNotContact === true && noMarketing === true);
    await stands(someone, 2, { all: 'in' });
    await shown(someone.id, ({ doNotContact }) => doNotContact === false);
    await stands(someone, 3, { marketing: 'out' });
    expect(await shown(someone.id, ({ noMarketing }) => noMarketing === true)).toMatchObject({ doNotContact: false });
  }, 60_000);

  it('of somebody whom the CRM does not know yet shows as soon as it does', async () => {
    const conversation = new Conversation();
    const { id, fields } = contactOf(conversation.who, SUBJECTS);
    await stands({ tenant: 'acme', subject: fields.consentSubject }, 1, { all: 'out' });
    await timeline.write(conversation.says('hello'));
    await shown(id, ({ doNotContact }) => doNotContact === true);
  }, 60_000);
});

describe('do-not-contact that is set in the CRM', () => {
  const marks = (id: string, doNotContact: boolean, by?: string) =>
    simulator.post(`/control/crm/contacts/${id}/mark`, { doNotContact, ...(by && { by }) });
  const of = (subject: string) => given.filter(({ data }) => data.subject === subject);

  it('asks for the change it means, with who did it, once, and without the address', async () => {
    const someone = await customer();
    await marks(someone.id, true, 'ann');
    await marks(someone.id, false, 'bob');
    const changes = await waitFor(() => (of(someone.subject).length > 1 ? of(someone.subject) : undefined), {
      description: 'both are asked for',
    });
    expect(changes.map(({ data: { change, source, by } }) => [change, source, by])).toEqual([
      ['opt-out', 'crm', 'ann'],
      ['opt-in', 'crm', 'bob'],
    ]);
    expect(new Set(changes.map(({ id }) => id)).size).toBe(2);
    expect(JSON.stringify(changes)).not.toContain(someone.id.split('~').at(-1));
    const { entities } = await waitFor(
      async () => {
        const page = await simulator.get<{ entities: unknown[] }>('/crm/v1/contact-changes', AUTHORIZED);
        return page.entities.length === 0 && page;
      },
      { description: 'they are acknowledged' },
    );
    expect(entities).toEqual([]);
  }, 60_000);

  it('by ourselves asks for nothing: it goes in no circle', async () => {
    const someone = await customer();
    await stands(someone, 1, { all: 'out' });
    await shown(someone.id, ({ doNotContact }) => doNotContact === true);
    const other = await customer();
    await marks(other.id, true);
    await waitFor(() => of(other.subject).length > 0, { description: 'what came after it is asked for' });
    expect(of(someone.subject)).toEqual([]);
  }, 60_000);
});
