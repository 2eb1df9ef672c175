import { TOPICS, type TopicDefinition } from '@heliograph/contracts';

/** What this service consumes, in the order of its priority: messages of campaigns give way to everything else. */
export const COMMAND_TOPICS: readonly TopicDefinition[] = [TOPICS.conversationCommand, TOPICS.campaignCommand];
