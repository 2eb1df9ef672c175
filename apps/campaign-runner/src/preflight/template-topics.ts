import { TOPICS, type TemplateDefinition, type TemplateState } from '@heliograph/contracts';
import { followTopic, type FollowedTopic, type Kafka } from '@heliograph/kafka';
import { TemplateCatalogue, type AccountOf } from '@heliograph/templates';

/** Every template as the topics tell of it. */
export class TemplateTopics {
  readonly catalogue: TemplateCatalogue;
  private readonly topics: readonly FollowedTopic[];
  private readonly listeners = new Set<() => void>();

  /** @param accountOf of the sender that a fallback by another channel names */
  constructor(kafka: Kafka, accountOf: AccountOf) {
    const catalogue = new TemplateCatalogue(accountOf);
    this.catalogue = catalogue;
    const told = (change: () => void): void => {
      change();
      for (const listener of this.listeners) listener();
    };
    this.topics = [
      followTopic(kafka, TOPICS.templateState, {
        visit: ({ event }) => told(() => catalogue.setState(event.data as TemplateState)),
        removed: (key) => told(() => catalogue.removeState(key)),
      }),
      followTopic(kafka, TOPICS.templateDefinition, {
        visit: ({ event }) => told(() => catalogue.setDefinition(event.data as TemplateDefinition)),
        removed: (key) => told(() => catalogue.removeDefinition(key)),
      }),
    ];
  }

  /** Why nothing can be said of templates (yet); undefined when it can. */
  problem(): string | undefined {
    return this.topics.map((topic) => topic.problem()).find((problem) => problem !== undefined);
  }

  /** Called whenever anything of a template has changed. @returns ends it */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  async close(): Promise<void> {
    await Promise.all(this.topics.map((topic) => topic.close()));
  }
}
