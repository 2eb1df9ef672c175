import { EVENTS, factId, partiesOf, TOPICS, type CampaignDefinition, type SendMessage } from '@heliograph/contracts';
import { newEvent, type OutgoingEvent } from '@heliograph/kafka';
import { SERVICE } from '../config.ts';
import type { HeldCommand } from './held-commands.ts';
import type { Row } from './recipient-rows.ts';

const SOURCE = `/heliograph/${SERVICE}`;

/** The command of a recipient. A repeat of it is the same, word for word but for its time. */
export function commandOf({ perMinute, expiresAt }: CampaignDefinition, partition: number, row: Row): OutgoingEvent {
  const { recipient, event, offset } = row;
  const { campaignId, messageId, content, externalId, timeZone, at } = recipient;
  const command: SendMessage = {
    ...partiesOf(recipient),
    ...{ messageId, class: 'campaign', content, acceptedAt: at, expiresAt },
    campaign: { campaignId, row: String(offset), ...(perMinute !== undefined && { perMinute }) },
    ...(externalId !== undefined && { externalId }),
    ...(timeZone !== undefined && { timeZone }),
  };
  const sent = eventOf(messageId, command);
  const origin = `${TOPICS.campaignRecipient.name}/${partition}/${offset}`;
  return { ...sent, event: { ...sent.event, origin, traceparent: event.traceparent } };
}

/** A held message's command, under another id for every time it was held. */
export function commandAgain({ messageId, offset, command }: HeldCommand): OutgoingEvent {
  return eventOf(factId(`${messageId}/again/${offset}`), command);
}

function eventOf(id: string, command: SendMessage): OutgoingEvent {
  const { conversationId: key, tenant, messageId: subject, account } = command;
  const parts = { id, key, data: command, tenant, subject, extensions: { account }, source: SOURCE };
  return { contract: EVENTS.campaignMessage, event: newEvent(EVENTS.campaignMessage, parts) };
}
