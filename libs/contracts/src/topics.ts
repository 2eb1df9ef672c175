/** How a topic is created and what its key means. One entry per topic of the pipeline; the name carries the contract version. */
export interface TopicDefinition {
  readonly name: string;
  /** What the record key holds, for readers of this file and of error messages. */
  readonly key: string;
  /** The field of the data that the record key must equal; a record with another key is refused. */
  readonly keyField?: string;
  /** `conversation`: co-partitioned with every other topic keyed by conversation ID (the configured count); a number: its own count. */
  readonly partitions: 'conversation' | number;
  /** Milliseconds a record is kept, or `compacted` (the newest record per key is kept for ever), or `forever` (every record is). */
  readonly retention: number | 'compacted' | 'forever';
  /** Of records kept for a time: a record without a value takes those of its key away before it has passed. */
  readonly erasable?: true;
}

const DAY_MS = 24 * 60 * 60 * 1000;

const byConversation = (name: string, retention: TopicDefinition['retention']): TopicDefinition => ({
  name,
  key: 'conversation ID',
  keyField: 'conversationId',
  partitions: 'conversation',
  retention,
});

/** One partition: whoever needs templates reads all of them, in order. */
const byTemplate = (name: string, retention: TopicDefinition['retention']): TopicDefinition => ({
  name,
  key: 'tenant, account, name, language',
  partitions: 1,
  retention,
});

/** As many partitions as conversations have; which of them, the contact's keyed hash says. */
const byConsent = (name: string, retention: TopicDefinition['retention']): TopicDefinition => ({
  name,
  key: 'tenant, keyed hash of the contact',
  partitions: 'conversation',
  retention,
});

/** Recipients are read again for as long as their campaign runs, which is 29 days at most. */
const CAMPAIGN_MS = 30 * DAY_MS;

/** Every topic of the pipeline (design, section 2). */
export const TOPICS = {
  webhookReceived: {
    name: 'webhook.received.v1',
    key: 'provider conversation or template, else the address pair the event carries',
    partitions: 'conversation',
    retention: 7 * DAY_MS,
  },
  conversationInbound: byConversation('conversation.inbound.v1', 7 * DAY_MS),
  conversationMapping: {
    name: 'conversation.mapping.v1',
    key: 'tenant, account, provider conversation id',
    partitions: 'conversation',
    retention: 'compacted',
  },
  conversationCommand: byConversation('conversation.command.v1', 7 * DAY_MS),
  conversationOutbound: byConversation('conversation.outbound.v1', 7 * DAY_MS),
  conversationTimeline: byConversation('conversation.timeline.v1', 30 * DAY_MS),
  conversationSession: byConversation('conversation.session.v1', 'compacted'),
  /** Moments that session-state waits for, so that they take their place among the facts of the conversation. */
  conversationDeadline: byConversation('conversation.deadline.v1', 7 * DAY_MS),
  /** A conversation's contact is to be erased: takes its place among the facts of the conversation. */
  conversationErasure: byConversation('conversation.erasure.v1', 7 * DAY_MS),
  /** A key per session, so that the sessions of an erased contact can be taken away (0024). */
  conversationArchive: {
    name: 'conversation.archive.v2',
    key: 'conversation ID, session',
    partitions: 'conversation',
    retention: 365 * DAY_MS,
    erasable: true,
  },
  /** What is asked of campaigns. */
  campaignOrder: {
    name: 'campaign.order.v1',
    key: 'tenant, campaign',
    partitions: 'conversation',
    retention: CAMPAIGN_MS,
  },
  campaignRecipient: byConversation('campaign.recipient.v1', CAMPAIGN_MS),
  /** Messages of campaigns, as many as are about to be sent. */
  campaignCommand: byConversation('campaign.command.v1', CAMPAIGN_MS),
  /** One partition: whoever needs campaigns reads all of them, in order. */
  campaignState: { name: 'campaign.state.v1', key: 'tenant, campaign', partitions: 1, retention: 'compacted' },
  routingEvent: { name: 'routing.event.v1', key: 'tenant, account', partitions: 1, retention: 7 * DAY_MS },
  /** What providers told of templates. */
  templateEvent: byTemplate('template.event.v1', 7 * DAY_MS),
  templateState: byTemplate('template.state.v1', 'compacted'),
  /** Desired state: the template files as they were applied. */
  templateDefinition: {
    name: 'template.definition.v1',
    key: 'tenant, account, name, version',
    partitions: 1,
    retention: 'compacted',
  },
  templateAlert: byTemplate('template.alert.v1', 30 * DAY_MS),
  consentCommand: byConsent('consent.command.v1', 7 * DAY_MS),
  /** Who said what, when, and which messages were not sent because of it. */
  consentEvent: byConsent('consent.event.v1', 'forever'),
  consentState: byConsent('consent.state.v1', 'compacted'),
} as const satisfies Record<string, TopicDefinition>;

/** Dead letters of one consumer group for one topic: copies with the reason, kept 30 days for operators to replay. */
export function deadLetterTopic(topic: TopicDefinition, group: string): TopicDefinition {
  return { name: `${topic.name}.${group}.dlq`, key: topic.key, partitions: topic.partitions, retention: 30 * DAY_MS };
}

/** Copies of records whose lane waits for long, of one consumer group for one topic; they come back in order (0007). */
export function parkedTopic(topic: TopicDefinition, group: string): TopicDefinition {
  return {
    name: `${topic.name}.${group}.parked`,
    key: topic.key,
    partitions: topic.partitions,
    retention: 30 * DAY_MS,
  };
}
