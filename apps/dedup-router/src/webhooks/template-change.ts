import { EVENTS, factId, templateKey, type TemplateChanged } from '@heliograph/contracts';
import { newEvent, type Delivery, type OutgoingEvent } from '@heliograph/kafka';
import type { TemplateFact } from '@heliograph/providers';

/** What the readers of `template.event` are told. The id follows from the event, so a replay repeats it. */
export function buildTemplateChange(
  fact: TemplateFact,
  tenant: string,
  account: string,
  cause: Delivery,
): OutgoingEvent {
  const { kind: _kind, eventId: _eventId, ...told } = fact;
  const data: TemplateChanged = { tenant, account, ...told };
  const event = newEvent(EVENTS.templateChanged, {
    id: factId(cause.event.id, 0),
    key: templateKey(data),
    data,
    tenant,
    time: told.at,
    source: '/heliograph/dedup-router',
    subject: `${told.name} (${told.language})`,
    cause,
  });
  return { contract: EVENTS.templateChanged, event };
}
