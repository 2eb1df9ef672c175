import { consentKey, EVENTS } from '@heliograph/contracts';
import { newEvent, type EventPublisher, type OutgoingEvent } from '@heliograph/kafka';
import { SERVICE } from '../config.ts';
import type { UnpublishedConsent } from './consent.store.ts';

/** Puts what became of a change on the topics: the event, and behind it where the contact stands. */
export class ConsentPublisher {
  constructor(private readonly publisher: EventPublisher) {}

  /**
   * The same input gives the same records.
   *
   * @param deadline moment of Date.now() after which no byte may leave any more
   * @throws Unavailable; what was published is unknown then
   */
  async publish({ state, event, cause }: UnpublishedConsent, deadline: number): Promise<void> {
    const { tenant, subject } = state;
    const { eventId, stateId, time, origin, traceparent } = cause;
    const parts = { key: consentKey(state), tenant, subject, time, source: `/heliograph/${SERVICE}` };
    const changed = newEvent(EVENTS.consentChanged, { ...parts, id: eventId, data: event });
    const stands = newEvent(EVENTS.consentState, { ...parts, id: stateId, data: state });
    const caused = { origin, ...(traceparent && { traceparent }) };
    const outgoing: OutgoingEvent[] = [{ contract: EVENTS.consentChanged, event: { ...changed, ...caused } }];
    await this.publisher.publish(outgoing, { deadline });
    await this.publisher.publish([{ contract: EVENTS.consentState, event: { ...stands, ...caused } }], { deadline });
  }
}
