import { EVENTS, factId, routingKey, type RoutingChanged } from '@heliograph/contracts';
import { newEvent, type Delivery, type OutgoingEvent } from '@heliograph/kafka';
import type { RoutingFact } from '@heliograph/providers';

/** What the readers of `routing.event` are told. The id follows from the event, so a replay repeats it. */
export function buildRoutingChange(fact: RoutingFact, tenant: string, account: string, cause: Delivery): OutgoingEvent {
  const { what, id, at } = fact;
  const data: RoutingChanged = { tenant, account, what, ...(id !== undefined && { id }), at };
  const event = newEvent(EVENTS.routingChanged, {
    id: factId(cause.event.id, 0),
    key: routingKey(tenant, account),
    data,
    tenant,
    time: at,
    source: '/heliograph/dedup-router',
    cause,
    ...(id !== undefined && { subject: id }),
  });
  return { contract: EVENTS.routingChanged, event };
}
