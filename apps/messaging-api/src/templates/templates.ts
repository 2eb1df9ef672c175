import {
  type Channel,
  type FieldProblem,
  languageOf,
  type MessageContent,
  suggestion,
  type TemplateDefinition,
  type TemplateState,
  TOPICS,
} from '@heliograph/contracts';
import { followTopic, type FollowedTopic, type Kafka } from '@heliograph/kafka';
import { Unavailable } from '@heliograph/runtime';
import { languageProblem, renderTemplate, TemplateCatalogue, type WantedOnChannel } from '@heliograph/templates';
import type { Senders } from '../messages/senders.ts';

/** Fields of the problems are those of a template: `name`, `language`, `variables.<name>`. */
export interface JudgedTemplate {
  readonly problems: readonly FieldProblem[];
  /** One sentence, when the template would not be sent as it is now. */
  readonly notice?: string;
}

/**
 * The template files as they were applied, and what providers say of them, read whole from their topics. Until all of it was read
 * no template is judged: one that is not there would be refused for good.
 */
export class Templates {
  private constructor(
    readonly catalogue: TemplateCatalogue,
    private readonly topics: readonly FollowedTopic[],
  ) {}

  /** Starts to read the topics; {@link problem} says when all of it is there. */
  static follow(kafka: Kafka, senders: Senders): Templates {
    const catalogue = new TemplateCatalogue((tenant, channel, sender) => senders.find(tenant, channel, sender));
    const definitions = followTopic(kafka, TOPICS.templateDefinition, {
      visit: ({ event }) => catalogue.setDefinition(event.data as TemplateDefinition),
      removed: (key) => catalogue.removeDefinition(key),
    });
    const states = followTopic(kafka, TOPICS.templateState, {
      visit: ({ event }) => catalogue.setState(event.data as TemplateState),
      removed: (key) => catalogue.removeState(key),
    });
    return new Templates(catalogue, [definitions, states]);
  }

  /** Why templates cannot be judged (yet); undefined when they can. */
  problem(): string | undefined {
    return this.topics.map((topic) => topic.problem()).find((problem) => problem !== undefined);
  }

  /**
   * Whether a message by named variables would have what its template wants. Of the version that would be sent now, else of any
   * other: a sender may be a step ahead of an approval, or behind it. A template that is not approved is no problem, for it may be
   * when the message is sent.
   *
   * @throws Unavailable while the topics are not read whole
   */
  judge(
    by: { readonly tenant: string; readonly account: string; readonly channel: Channel },
    { name, language, variables }: MessageContent,
  ): JudgedTemplate {
    const unread = this.problem();
    if (unread !== undefined) throw new Unavailable('the templates', unread);
    const wanted = { ...by, name: name!, language: language! };
    const versions = this.catalogue.versions(wanted);
    const [newest] = versions;
    if (!newest) return { problems: [this.unknownName(wanted)] };
    if (newest.channel !== wanted.channel) {
      return {
        problems: [{ field: 'name', reason: `is a template for ${newest.channel}, not for ${wanted.channel}` }],
      };
    }
    const inLanguage = versions.filter((one) => languageOf(one, wanted.language));
    if (inLanguage.length === 0) return { problems: [languageProblem(newest, wanted.language)] };
    const { definition: first } = this.catalogue.choose(wanted);
    const problems = [...(first ? [first] : []), ...inLanguage].map((one) => problemsOf(one, wanted, variables!));
    if (problems.every((found) => found.length > 0)) return { problems: problems[0]! };
    return { problems: [], ...this.notice(wanted) };
  }

  /** A value for each variable of the newest version, none for a template that is not there. */
  samples(by: { readonly tenant: string; readonly account: string }, name: string): Record<string, string> {
    const variables = this.catalogue.versions({ ...by, name })[0]?.variables ?? [];
    return Object.fromEntries(variables.map((variable) => [variable.name, variable.sample]));
  }

  async close(): Promise<void> {
    await Promise.all(this.topics.map((topic) => topic.close()));
  }

  private unknownName(wanted: WantedOnChannel): FieldProblem {
    const near = suggestion(wanted.name, this.catalogue.names(wanted));
    return { field: 'name', reason: `is not one of your templates${near}` };
  }

  private notice(wanted: WantedOnChannel): Pick<JudgedTemplate, 'notice'> {
    const route = this.catalogue.route(wanted);
    if (route.kind === 'refused')
      return { notice: `${route.reason}: the message fails unless that changes before it is sent` };
    if (!route.fallback || !route.instead) return {};
    const { template, channel } = route.fallback;
    return {
      notice: `${route.instead.reason}: "${template}"${channel ? ` by ${channel}` : ''} is sent in its place for now`,
    };
  }
}

function problemsOf(
  definition: TemplateDefinition,
  { language }: WantedOnChannel,
  variables: Readonly<Record<string, unknown>>,
): readonly FieldProblem[] {
  const rendered = renderTemplate(definition, language, variables);
  return rendered.ok ? [] : rendered.problems;
}
