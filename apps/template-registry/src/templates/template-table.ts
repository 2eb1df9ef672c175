import { templateKey, TOPICS, type TemplateState } from '@heliograph/contracts';
import { followTopic, type FollowedTopic, type Kafka } from '@heliograph/kafka';

/** What the topic holds of every template: what a reading is compared with. */
export class TemplateTable {
  private readonly states = new Map<string, TemplateState>();
  private readonly topic: FollowedTopic;

  constructor(kafka: Kafka) {
    this.topic = followTopic(kafka, TOPICS.templateState, {
      visit: ({ event }) => this.set(event.data as TemplateState),
      removed: (key) => this.states.delete(key),
    });
  }

  /** Resolves when everything that was on the topic at the start is here. */
  get caughtUp(): Promise<void> {
    return this.topic.caughtUp;
  }

  /** Why the table does not say what the topic says; undefined when it does. */
  problem(): string | undefined {
    return this.topic.problem();
  }

  /** For what was just published: the topic brings it a moment later. */
  set(state: TemplateState): void {
    this.states.set(templateKey(state), state);
  }

  ofAccount(tenant: string, account: string): TemplateState[] {
    return [...this.states.values()].filter((state) => state.tenant === tenant && state.account === account);
  }

  close(): Promise<void> {
    return this.topic.close();
  }
}
