import { TOPICS, type RoutingChanged } from '@heliograph/contracts';
import { followTopic, type FollowedTopic, type Kafka } from '@heliograph/kafka';
import type { RoutingContext } from './routing-context.ts';

/**
 * Follows `routing.event`: what a provider changed is looked up again. Not part of readiness: while the topic cannot be read,
 * age still bounds what is believed, and a refusal refreshes it.
 */
export class RoutingChanges {
  private constructor(private readonly topic: FollowedTopic) {}

  static follow(kafka: Kafka, context: RoutingContext): RoutingChanges {
    const topic = followTopic(kafka, TOPICS.routingEvent, {
      visit: ({ event }) => {
        const { account, what, id } = event.data as RoutingChanged;
        if (id === undefined) context.forgetAll(account, what);
        else context.forget(account, { kind: what, id });
      },
    });
    return new RoutingChanges(topic);
  }

  async close(): Promise<void> {
    await this.topic.close();
  }
}
