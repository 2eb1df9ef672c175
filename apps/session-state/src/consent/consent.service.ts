import { factId, type CloudEvent, type ConsentChange, type ConsentState } from '@heliograph/contracts';
import { foldConsent } from '@heliograph/consent';
import { blocked, done, skip, type Delivery, type Outcome } from '@heliograph/kafka';
import { Retryable } from '@heliograph/runtime';
import { metrics } from '../metrics.ts';
import type { ConsentPublisher } from './consent.publisher.ts';
import type { ConsentStore, UnpublishedConsent } from './consent.store.ts';

/** A lane that waits for an earlier owner looks again this often. */
const LOOK_AGAIN_MS = 250;
/** Of the state's id among those that follow from an event. */
const STATE_PLACE = 1;

/**
 * Folds what is asked for into where a contact stands, one change after the other. What is not published is published before the
 * next one is folded, and a change is done when its event and the state behind it are acknowledged.
 */
export class ConsentService {
  /** @param publishDeadlineMs a publish begins no try later than this after its publisher was written down */
  constructor(
    private readonly store: ConsentStore,
    private readonly publisher: ConsentPublisher,
    private readonly publishDeadlineMs: number,
  ) {}

  /** @throws FenceLost, Unavailable, Retryable: the same delivery is to be handled again */
  async handle(command: CloudEvent<ConsentChange>, delivery: Delivery): Promise<Outcome> {
    const { partition, fence } = delivery;
    const begun = Date.now();
    const taken = await this.store.take(partition, fence, command.data);
    if (taken.kind === 'wait') {
      return blocked('an earlier owner may still be publishing', begun + Math.min(taken.ms, LOOK_AGAIN_MS));
    }
    if (taken.kind === 'free') return this.foldInto(taken.state, command, delivery);
    await this.publish(delivery, taken.unpublished, begun, taken.since);
    const { state, cause } = taken.unpublished;
    const isOwn = cause.origin === originOf(delivery);
    return isOwn ? done : this.foldInto(state, command, delivery);
  }

  private async foldInto(
    before: ConsentState | undefined,
    { id, data, time, traceparent }: CloudEvent<ConsentChange>,
    delivery: Delivery,
  ): Promise<Outcome> {
    const begun = Date.now();
    // By the moment at which it was given, not by the clock here: folded again it gives the same.
    const folded = foldConsent(before, { id, data }, { offset: delivery.offset, now: Date.parse(time) });
    const { change, source } = data;
    if ('skipped' in folded) {
      metrics.consent.inc({ change, source, result: folded.skipped });
      return skip(folded.skipped);
    }
    const { state, event, eventId } = folded;
    const cause = { eventId, stateId: factId(eventId, STATE_PLACE), time, origin: originOf(delivery), traceparent };
    const next: UnpublishedConsent = { state, event, cause };
    const since = await this.store.write(delivery.partition, delivery.fence, before, next);
    if (since === 0) throw new Retryable('the state changed while it was folded');
    metrics.consent.inc({ change, source, result: event.effective ? 'effective' : event.reason! });
    await this.publish(delivery, next, begun, since);
    return done;
  }

  /** @param begun a moment before this process became the publisher @param since when it was written down as that */
  private async publish(
    { partition, fence }: Delivery,
    unpublished: UnpublishedConsent,
    begun: number,
    since: number,
  ): Promise<void> {
    await this.publisher.publish(unpublished, begun + this.publishDeadlineMs);
    await this.store.clear(partition, fence, unpublished.state, since);
  }
}

const originOf = ({ topic, partition, offset }: Delivery): string => `${topic}/${partition}/${offset}`;
