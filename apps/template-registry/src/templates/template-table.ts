import { definitionKey, templateKey, TOPICS, type TemplateDefinition, type TemplateState } from '@heliograph/contracts';
import { followTopic, type FollowedTopic, type Kafka } from '@heliograph/kafka';
import { nameAndVersionOf, TemplateCatalogue, type AccountOf, type TemplateRoute } from '@heliograph/templates';
import { OwnWrites } from './own-writes.ts';

export interface Owner {
  readonly tenant: string;
  readonly account: string;
}

/** What the topics hold of every template: what is wanted, and what its provider says of it. */
export class TemplateTable {
  readonly catalogue: TemplateCatalogue;
  private readonly definitions = new Map<string, TemplateDefinition>();
  private readonly states = new Map<string, TemplateState>();
  private readonly listeners = new Set<(of: Owner) => void>();
  private readonly written = new OwnWrites();
  private readonly topics: readonly FollowedTopic[];

  constructor(kafka: Kafka, accountOf: AccountOf) {
    this.catalogue = new TemplateCatalogue(accountOf);
    this.topics = [
      followTopic(kafka, TOPICS.templateState, {
        visit: ({ event }) => {
          const state = event.data as TemplateState;
          if (this.written.isNews(templateKey(state), state)) this.setState(state);
        },
        removed: (key) => this.removeState(key),
      }),
      followTopic(kafka, TOPICS.templateDefinition, {
        visit: ({ event }) => {
          const definition = event.data as TemplateDefinition;
          if (this.written.isNews(definitionKey(definition), definition)) this.setDefinition(definition);
        },
        removed: (key) => this.removeDefinition(key),
      }),
    ];
  }

  /** Resolves when everything that was on the topics at the start is here. */
  get caughtUp(): Promise<unknown> {
    return Promise.all(this.topics.map((topic) => topic.caughtUp));
  }

  /** Why the table does not say what the topics say; undefined when it does. */
  problem(): string | undefined {
    return this.topics.map((topic) => topic.problem()).find((problem) => problem !== undefined);
  }

  /** Called whenever a definition of an account was set. */
  onDefinition(listener: (of: Owner) => void): void {
    this.listeners.add(listener);
  }

  /** What this process has just published; the topic brings it back a moment later. */
  publishedState(state: TemplateState): void {
    this.written.wrote(templateKey(state), state);
    this.setState(state);
  }

  /** As {@link publishedState}. */
  publishedDefinition(definition: TemplateDefinition): void {
    this.written.wrote(definitionKey(definition), definition);
    this.setDefinition(definition);
  }

  /** What a message by the definition's name goes out as now. */
  route({ tenant, account, name, channel }: TemplateDefinition, language: string): TemplateRoute {
    return this.catalogue.route({ tenant, account, name, language, channel });
  }

  state({ tenant, account, name, language }: Owner & { name: string; language: string }): TemplateState | undefined {
    return this.states.get(templateKey({ tenant, account, name, language }));
  }

  statesOf({ tenant, account }: Owner): TemplateState[] {
    return [...this.states.values()].filter((state) => state.tenant === tenant && state.account === account);
  }

  /** All versions, the retired ones, too. */
  definitionsOf({ tenant, account }: Owner): TemplateDefinition[] {
    return [...this.definitions.values()].filter((one) => one.tenant === tenant && one.account === account);
  }

  /** The version that is called so at the provider. */
  definitionNamed({ tenant, account }: Owner, providerName: string): TemplateDefinition | undefined {
    const { name, version } = nameAndVersionOf(providerName);
    return this.definitions.get(definitionKey({ tenant, account, name, version }));
  }

  async close(): Promise<void> {
    await Promise.all(this.topics.map((topic) => topic.close()));
  }

  private setState(state: TemplateState): void {
    this.states.set(templateKey(state), state);
    this.catalogue.setState(state);
  }

  private setDefinition(definition: TemplateDefinition): void {
    this.definitions.set(definitionKey(definition), definition);
    this.catalogue.setDefinition(definition);
    for (const listener of this.listeners) listener(definition);
  }

  private removeState(key: string): void {
    this.states.delete(key);
    this.catalogue.removeState(key);
  }

  private removeDefinition(key: string): void {
    this.definitions.delete(key);
    this.catalogue.removeDefinition(key);
  }
}
