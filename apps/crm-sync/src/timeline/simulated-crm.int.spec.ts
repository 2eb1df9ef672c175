import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ERASED } from '@heliograph/contracts';
import { Log, type RunningService } from '@heliograph/runtime';
import { testKafkaBrokers, uniqueNamespace, waitFor } from '@heliograph/testing';
import { Simulator } from '../../test/simulator.ts';
import { Conversation, PARTITIONS, TimelineWriter } from '../../test/timeline.ts';
import { CrmSyncConfig } from '../config.ts';
import { startCrmSync } from '../service.ts';

const namespace = uniqueNamespace('crm-sync-simulator');
const KEY = 'simulated-key';
const ACCOUNT = {
  id: 'acme-genesys',
  client: { id: 'client', secret: 'secret' },
  senders: [{ channel: 'whatsapp', address: '+15550009876' }],
};

interface Row {
  externalId: string;
  sequence: number;
  subject: string;
  direction?: string;
  text?: string;
  details: Record<string, unknown>;
  revision: number;
  repeats: number;
}

let simulator: Simulator;
let service: RunningService;
let timeline: TimelineWriter;

beforeAll(async () => {
  simulator = await Simulator.start({ accounts: [ACCOUNT], crm: { apiKey: KEY } });
  const config = Object.assign(new CrmSyncConfig(), {
    kafkaBrokers: testKafkaBrokers(),
    namespace,
    conversationPartitions: PARTITIONS,
    heartbeatMs: 200,
    crmUrl: `${simulator.address}/crm`,
    crmApiKey: KEY,
    consentKey: 'a key of thirty-two bytes or more',
  });
  service = await startCrmSync(config, Log.open({ service: 'test', level: 'silent' }));
  timeline = new TimelineWriter(namespace);
}, 60_000);

afterAll(async () => {
  await timeline.close();
  await service.stop();
  await simulator.stop();
});

async function activities(conversation: Conversation, ready: (rows: Row[]) => boolean): Promise<Row[]> {
  const path = `/crm/v1/activities?conversationId=${conversation.id}`;
  const find = async () => {
    const { entities } = await simulator.get<{ entities: Row[] }>(path, { authorization: `Bearer ${KEY}` });
    return ready(entities) && entities;
  };
  return waitFor(find, { description: 'the activities', timeoutMs: 30_000 });
}

describe('the strict CRM of the simulator', () => {
  it('takes every kind of entry', async () => {
    const conversation = new Conversation();
    const content = { type: 'text', text: 'It leaves the warehouse today.' };
    const template = { type: 'template', name: 'order_shipped', language: 'en_US', parameters: ['A17'] };
    const sent = { messageId: crypto.randomUUID(), providerMessageId: 'm-2', attempt: 1, possiblyRepeated: false };
    await timeline.write(
      conversation.entry('session.opened', { reason: 'first message' }),
      conversation.says('Where is my order?'),
      conversation.entry('message.received', { providerMessageId: 'm-1', content: { type: 'image' } }),
      conversation.entry('provider-conversation.changed', { providerConversationId: 'pc', state: 'active' }),
      conversation.entry('conversation.assigned', { assigneeKind: 'agent', assigneeId: 'agent-7' }),
      conversation.entry('message.sent', { ...sent, content }),
      conversation.entry('message.sent', { ...sent, content: template }),
      conversation.entry('message.status-reported', { providerMessageId: 'm-2', status: 'read' }),
      conversation.entry('message.failed', { code: 'window-closed', reason: 'too late', attempt: 0, content }),
      conversation.entry('message.unresolved', { reason: 'no answer', attempt: 1, content }),
      conversation.entry('session.closed', { providerConversationId: 'pc' }),
    );
    const rows = await activities(conversation, (all) => all.length === 11);
    expect(rows.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(rows[1]).toMatchObject({ direction: 'inbound', text: 'Where is my order?' });
    expect(rows[4]).toMatchObject({ subject: 'Assigned to agent agent-7', details: { assigneeId: 'agent-7' } });
    expect(rows[5]).toMatchObject({ direction: 'outbound', text: content.text });
    expect(rows[10]).toMatchObject({ subject: 'Session closed' });
  });

  it('is not changed by a redelivered entry', async () => {
    const conversation = new Conversation();
    const entries = conversation.messages(3);
    await timeline.write(...entries, ...entries, ...conversation.messages(1));
    const rows = await activities(conversation, (all) => all.length === 4);
    expect(rows.map(({ sequence, revision, repeats }) => [sequence, revision, repeats])).toEqual([
      [1, 1, 1],
      [2, 1, 1],
      [3, 1, 1],
      [4, 1, 0],
    ]);
    expect(rows.map(({ externalId }) => externalId).slice(0, 3)).toEqual(entries.map(({ factId }) => factId));
  });

  it('has nothing of a contact who was erased, also when it is told again; what they write afterwards is there', async () => {
    const conversation = new Conversation();
    const before = conversation.messages(3);
    const { contact, tenant, channel } = conversation.who;
    const erased = { ...conversation.entry('contact.erased', { erasureId: crypto.randomUUID() }), contact: ERASED };
    const contactRow = async (): Promise<number> => {
      const path = `/crm/v1/contacts?address=${encodeURIComponent(contact)}`;
      return (await simulator.get<{ total: number }>(path, { authorization: `Bearer ${KEY}` })).total;
    };
    await timeline.write(...before);
    await activities(conversation, (all) => all.length === 3);
    expect([tenant, channel, await contactRow()]).toEqual(['acme', 'whatsapp', 1]);
    await timeline.write(erased, ...before);
    await activities(conversation, (all) => all.length === 0);
    await timeline.write(erased, conversation.says('It is me again.'));
    const rows = await activities(conversation, (all) => all.length > 0);
    expect(rows.map(({ sequence, text }) => [sequence, text])).toEqual([[5, 'It is me again.']]);
    expect(await contactRow()).toBe(1);
    await timeline.write({ ...erased, factId: crypto.randomUUID(), sequence: 6 }, before[0]!);
    await activities(conversation, (all) => all.length === 0);
    expect(await contactRow()).toBe(0);
  });

  it('has all of many conversations in order, although it throttles and fails', async () => {
    const conversations = Array.from({ length: 30 }, () => new Conversation());
    const faults = [
      { kind: 'throttle', probability: 0.1, count: 3, retryAfterS: 1 },
      { kind: 'status', probability: 0.1, count: 10 },
      { kind: 'reset-before', probability: 0.1, count: 10 },
      { kind: 'reset-after', probability: 0.1, count: 10 },
    ];
    const match = { method: 'PUT' };
    for (const fault of faults) await simulator.post('/control/accounts/crm/faults', { ...fault, match });
    await timeline.write(...conversations.flatMap((conversation) => conversation.messages(10)));
    for (const conversation of conversations) {
      const rows = await activities(conversation, (all) => all.length === 10);
      expect(rows.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      expect(rows.every(({ revision }) => revision === 1)).toBe(true);
    }
    const { faults: struck } = await simulator.get<{ faults: { hits: number }[] }>('/control/accounts/crm/faults');
    expect(struck.every(({ hits }) => hits > 0)).toBe(true);
  }, 60_000);
});
