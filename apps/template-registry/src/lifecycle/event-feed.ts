import { TOPICS, type TemplateChanged } from '@heliograph/contracts';
import { followTopic, type FollowedTopic, type Kafka } from '@heliograph/kafka';
import type { Owner } from '../templates/template-table.ts';

/** What a provider told of a template, and its place on the topic. */
export interface FedEvent {
  readonly offset: number;
  readonly traceparent: string | undefined;
  readonly changed: TemplateChanged;
}

/** The events of one account that are not known to be applied, oldest first. */
export class EventInbox {
  /** Called when there are more. */
  onArrival: () => void = () => undefined;
  #waiting: FedEvent[] = [];

  /** @param readBelow the offset below which every event of the topic has come to its inbox */
  constructor(readonly readBelow: () => number) {}

  /** Those behind an offset; what is before it is dropped. */
  after(applied: number): readonly FedEvent[] {
    this.#waiting = this.#waiting.filter(({ offset }) => offset > applied);
    return [...this.#waiting];
  }

  add(event: FedEvent): void {
    this.#waiting.push(event);
    this.onArrival();
  }
}

/** Reads `template.event` whole, in every replica: whoever gets the lease of an account has its events at hand. */
export class EventFeed {
  readonly #inboxes = new Map<string, EventInbox>();
  readonly #topic: FollowedTopic;

  constructor(kafka: Kafka) {
    this.#topic = followTopic(kafka, TOPICS.templateEvent, {
      visit: ({ event, offset }) => {
        const changed = event.data as TemplateChanged;
        this.of(changed).add({ offset, traceparent: event.traceparent, changed });
      },
    });
  }

  of({ tenant, account }: Owner): EventInbox {
    const key = JSON.stringify([tenant, account]);
    const known = this.#inboxes.get(key);
    if (known) return known;
    const inbox = new EventInbox(() => this.#topic.visitedBelow(0));
    this.#inboxes.set(key, inbox);
    return inbox;
  }

  get caughtUp(): Promise<void> {
    return this.#topic.caughtUp;
  }

  problem(): string | undefined {
    return this.#topic.problem();
  }

  close(): Promise<void> {
    return this.#topic.close();
  }
}
