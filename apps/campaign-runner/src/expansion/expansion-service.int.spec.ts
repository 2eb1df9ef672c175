import {
  EVENTS,
  factId,
  partiesOf,
  partitionMarkId,
  TOPICS,
  type CampaignDefinition,
  type SendMessage,
} from '@heliograph/contracts';
import { connectKafka, EventPublisher, newEvent, partitionOf, type OutgoingEvent } from '@heliograph/kafka';
import { followTopic, testKafkaBrokers, waitFor, type Following } from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { uploadEvent } from '../../test/campaign-builders.ts';
import { contactsOf, recipientOf } from '../../test/expansion-bench.ts';
import { PARTITIONS, StartedRunners } from '../../test/started-runners.ts';

const COUNT = 300;

let runners: StartedRunners;
let publisher: EventPublisher;
let commands: Following;
const given: SendMessage[] = [];
const answered = new Map<string, Promise<void>>();

beforeAll(async () => {
  runners = await StartedRunners.open();
  await runners.template('PUBLISHED');
  const { namespace } = runners;
  const kafka = { brokers: testKafkaBrokers(), clientId: 'spec', namespace, conversationPartitions: PARTITIONS };
  publisher = new EventPublisher(connectKafka(kafka));
  const topic = namespace + TOPICS.campaignCommand.name;
  const onRecord = ({ json }: { json: unknown }): void => answer(json as SendMessage);
  commands = await followTopic({ brokers: testKafkaBrokers(), topic, group: `${topic}.reader`, onRecord });
}, 90_000);
afterAll(async () => {
  await commands.close();
  await Promise.all(answered.values());
  await publisher.close();
  await runners.close();
}, 60_000);

/** In the places of dispatcher and session-state: every message goes out, once. */
function answer(command: SendMessage): void {
  given.push(command);
  const { messageId, campaign } = command;
  if (answered.has(messageId)) return;
  const factOf = { sequence: 1, session: 1, kind: 'message.sent', factId: factId(messageId), at: command.acceptedAt };
  const entry = { ...partiesOf(command), ...factOf, fact: { messageId } };
  const told = { ...entry, campaign: { campaignId: campaign!.campaignId, messageId, status: 'sent' } };
  answered.set(messageId, publisher.publish([outgoing(EVENTS.timelineEntry, factId(messageId), told)]));
}

async function recipients(definition: CampaignDefinition): Promise<void> {
  const rows = contactsOf(COUNT).map((contact, index) => recipientOf(definition, contact, index + 1));
  await publisher.publish(rows.map((row) => outgoing(EVENTS.campaignRecipient, row.messageId, row)));
  const { campaignId, tenant } = definition;
  const marks = Array.from({ length: PARTITIONS }, (_, partition) => {
    let index = 0;
    while (partitionOf(partitionMarkId(campaignId, index), PARTITIONS) !== partition) index++;
    const at = rows[0]!.at;
    const data = { conversationId: partitionMarkId(campaignId, index), campaignId, tenant, partition, at };
    return outgoing(EVENTS.campaignRecipientsClosed, data.conversationId, data);
  });
  await publisher.publish(marks);
}

function outgoing(
  contract: OutgoingEvent['contract'],
  id: string,
  data: { conversationId: string; tenant: string },
): OutgoingEvent {
  const { conversationId: key, tenant } = data;
  return { contract, event: newEvent(contract, { id, key, data, tenant, source: '/heliograph/spec' }) };
}

describe('a campaign, while replicas come and go and Redis is flushed in between', () => {
  it('reaches everybody and is finished with exact counts', async () => {
    const definition = await runners.campaign({ perMinute: 300 });
    await runners.order(definition, 'pause');
    await runners.until(definition, 'paused');
    await recipients(definition);
    await runners.ask(EVENTS.campaignUploaded, uploadEvent(definition, { rows: COUNT, accepted: COUNT }));
    await runners.order(definition, 'resume');
    const reached = (count: number): Promise<unknown> =>
      waitFor(() => answered.size >= count, { timeoutMs: 60_000, description: `${count} were given` });
    await reached(20);
    await runners.start();
    await reached(80);
    await runners.redis.client.flushall();
    await reached(150);
    await runners.services.shift()!.stop();
    const finished = await runners.until(definition, 'finished');
    expect(finished).toMatchObject({ end: 'completed', progress: { accepted: COUNT, waiting: 0, sent: COUNT } });
    expect(new Set(given.map(({ contact }) => contact)).size).toBe(COUNT);
    expect(answered.size).toBe(COUNT);
  }, 150_000);
});
