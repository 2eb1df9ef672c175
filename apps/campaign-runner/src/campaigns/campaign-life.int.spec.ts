import {
  EVENTS,
  factId,
  partiesOf,
  partitionMarkId,
  TOPICS,
  type CampaignDefinition,
  type SendMessage,
  type TimelineEntry,
} from '@heliograph/contracts';
import { newEvent, partitionOf, type OutgoingEvent } from '@heliograph/kafka';
import { followTopic, testKafkaBrokers, waitFor, type Following } from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createdEvent, definitionOf, isoAt, uploadEvent } from '../../test/campaign-builders.ts';
import { contactsOf, recipientOf } from '../../test/expansion-bench.ts';
import { PARTITIONS, StartedRunners } from '../../test/started-runners.ts';

const RECIPIENTS = 90;
/** Messages that are sent before anything happens to the campaign. */
const FIRST = 10;

let runners: StartedRunners;
let dispatcher: Following;
/** Ids of commands that were given, and which of them have been sent. */
const given = new Set<string>();
const sent = new Set<string>();
const waiting: SendMessage[] = [];
let allowed = FIRST;

beforeAll(async () => {
  runners = await StartedRunners.open();
  await runners.template('PUBLISHED');
  const topic = runners.namespace + TOPICS.campaignCommand.name;
  dispatcher = await followTopic({
    ...{ brokers: testKafkaBrokers(), topic, group: `${topic}.dispatcher` },
    onRecord: async ({ json }) => {
      const command = json as SendMessage;
      if (!given.has(command.messageId)) waiting.push(command);
      given.add(command.messageId);
      await send();
    },
  });
}, 90_000);
afterAll(async () => {
  await dispatcher.close();
  await runners.close();
}, 60_000);

/** Sends what is allowed, as the dispatcher does, and tells it as session-state does. */
async function send(): Promise<void> {
  const going = waiting.splice(0, Math.max(0, allowed - sent.size));
  for (const { messageId } of going) sent.add(messageId);
  await runners.publisher.publish(going.map((command) => told(command)));
}

function told(command: SendMessage): OutgoingEvent {
  const { messageId, conversationId: key, tenant, campaign } = command;
  const id = factId(messageId, 1);
  const entry: TimelineEntry = {
    ...partiesOf(command),
    ...{ sequence: 1, session: 1, kind: 'message.sent', factId: id, at: isoAt(0), fact: { messageId } },
    campaign: { campaignId: campaign!.campaignId, messageId, status: 'sent' },
  };
  return outgoing(EVENTS.timelineEntry, { id, key, tenant, data: entry });
}

const outgoing = (
  contract: OutgoingEvent['contract'],
  parts: { id: string; key: string; tenant: string; data: object },
): OutgoingEvent => ({ contract, event: newEvent(contract, { ...parts, source: '/heliograph/spec' }) });

/** Recipients, and behind them the record that closes each partition. */
async function upload(definition: CampaignDefinition): Promise<void> {
  const { campaignId, tenant } = definition;
  const rows = contactsOf(RECIPIENTS).map((contact, index) => recipientOf(definition, contact, index + 1));
  await runners.publisher.publish(
    rows.map((data) =>
      outgoing(EVENTS.campaignRecipient, { id: data.messageId, key: data.conversationId, tenant, data }),
    ),
  );
  for (let partition = 0; partition < PARTITIONS; partition++) {
    let index = 0;
    while (partitionOf(partitionMarkId(campaignId, index), PARTITIONS) !== partition) index++;
    const key = partitionMarkId(campaignId, index);
    const data = { conversationId: key, campaignId, tenant, partition, at: isoAt(0) };
    await runners.publisher.publish([
      outgoing(EVENTS.campaignRecipientsClosed, { id: factId(campaignId, partition), key, tenant, data }),
    ]);
  }
  await runners.ask(EVENTS.campaignUploaded, uploadEvent(definition, { rows: RECIPIENTS, accepted: RECIPIENTS }));
}

describe('a campaign with recipients', () => {
  it('that is paused, halted and flushed out of Redis is finished when each of them was sent to, once', async () => {
    const campaign = definitionOf();
    await runners.ask(EVENTS.campaignCreated, createdEvent(campaign));
    await upload(campaign);
    await runners.order(campaign, 'start');
    await waitFor(() => sent.size === FIRST, { timeoutMs: 30_000, description: 'the first messages are sent' });
    await runners.order(campaign, 'pause');
    await runners.until(campaign, 'paused');
    await runners.order(campaign, 'resume');
    await runners.until(campaign, 'running');
    await runners.template('REJECTED');
    await runners.until(campaign, 'halted');
    await runners.redis.call((client) => client.flushall());
    await runners.template('PUBLISHED');
    await waitFor(async () => (await runners.gateOf(campaign)) === 'shut', {
      ...{ timeoutMs: 30_000, description: 'the campaign is brought back' },
    });
    allowed = Infinity;
    await waitFor(
      async () => {
        await runners.order(campaign, 'resume');
        return runners.states(campaign.campaignId).at(-1)?.state !== 'halted';
      },
      { intervalMs: 500, timeoutMs: 30_000, description: 'it goes on' },
    );
    await send();
    const finished = await runners.until(campaign, 'finished');
    expect(finished).toMatchObject({ end: 'completed', uploads: { accepted: RECIPIENTS } });
    expect(finished.progress).toMatchObject({
      accepted: RECIPIENTS,
      sent: RECIPIENTS,
      waiting: 0,
      underWay: 0,
      failed: 0,
    });
    expect([given.size, sent.size]).toEqual([RECIPIENTS, RECIPIENTS]);
  }, 120_000);
});
