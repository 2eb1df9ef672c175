import { Injectable } from '@nestjs/common';
import { badRequest } from '@heliograph/http-api';
import { EventPublisher, type OutgoingEvent } from '@heliograph/kafka';
import { Log } from '@heliograph/runtime';
import { AcceptanceStore } from './acceptance.store.ts';

export const SOURCE = '/heliograph/messaging-api';

/** Callers wait for the answer: better an early 503 than a late 202. */
const PUBLISH_DEADLINE_MS = 1_500;

/** What every command goes through between its request and its topic, messages and those about conversations alike. */
@Injectable()
export class AcceptedCommands {
  constructor(
    private readonly acceptances: AcceptanceStore,
    private readonly publisher: EventPublisher,
    private readonly log: Log,
  ) {}

  /**
   * Only for a first use: a repetition gets the answer of the first, whatever the time is by now.
   *
   * @throws ApiError 400 when a first use has expired; Unavailable without Redis
   */
  async refuseExpired(id: string, expiresAt: string): Promise<void> {
    if (Date.parse(expiresAt) > Date.now() || (await this.acceptances.find(id))) return;
    throw badRequest([{ field: 'expiresAt', reason: 'is in the past' }]);
  }

  /**
   * All in one batch: they are of one conversation, so they are written, and read, in this order.
   *
   * @throws Unavailable when Kafka does not take them in time
   */
  async publish(events: readonly OutgoingEvent[]): Promise<void> {
    await this.publisher.publish(events, { deadline: Date.now() + PUBLISH_DEADLINE_MS });
  }

  /** The commands are durable by now, so a failure here changes nothing but the status shown until more is known. */
  async confirm(ids: readonly string[], named: Readonly<Record<string, string>>): Promise<void> {
    try {
      await Promise.all(ids.map((id) => this.acceptances.confirm(id)));
    } catch (err) {
      this.log.warn({ ...named, err }, 'acceptance not confirmed');
    }
  }
}
