import {
  isSendable,
  TOPICS,
  type SendMessage,
  type TemplateDefinition,
  type TemplateState,
} from '@heliograph/contracts';
import { followTopic, type FollowedTopic, type Kafka } from '@heliograph/kafka';
import { Unavailable } from '@heliograph/runtime';
import { TemplateCatalogue, type AccountOf } from '@heliograph/templates';
import { StateOverlays } from './state-overlays.ts';

export interface TemplateRefusal {
  readonly code: 'template-unknown' | 'template-not-approved' | 'template-parameters';
  readonly reason: string;
}

/**
 * The one place that answers whether a template may be sent now: what the registry says of every template, read whole from
 * `template.state` and `template.definition`. Until all of both was read nothing may be sent: a template that is not there is
 * refused for good.
 */
export class TemplateTable {
  private readonly topics: FollowedTopic[] = [];
  private readonly overlays: StateOverlays;
  private readonly all: TemplateCatalogue;
  private changes = 0;

  private constructor(accountOf: AccountOf) {
    this.all = new TemplateCatalogue(accountOf);
    this.overlays = new StateOverlays((key, state) => this.apply(key, state));
  }

  /**
   * Starts to read the topics; {@link problem} says when all of them is there.
   *
   * @param accountOf of the sender that a fallback by another channel names
   */
  static follow(kafka: Kafka, accountOf: AccountOf): TemplateTable {
    const table = new TemplateTable(accountOf);
    table.topics.push(
      followTopic(kafka, TOPICS.templateState, {
        visit: ({ event }) => table.overlays.told(event.data as TemplateState),
        removed: (key) => table.overlays.removed(key),
      }),
      followTopic(kafka, TOPICS.templateDefinition, {
        visit: ({ event }) => table.define(event.data as TemplateDefinition),
        removed: (key) => table.undefine(key),
      }),
    );
    return table;
  }

  /** Every state on the topic below this offset shows in the catalogue. */
  statesReadBelow(): number {
    return this.topics[0]!.visitedBelow(0);
  }

  /** Why templates cannot be judged (yet); undefined when they can. */
  problem(): string | undefined {
    return this.topics.map((topic) => topic.problem()).find((problem) => problem !== undefined);
  }

  /**
   * Every definition and state as of now.
   *
   * @throws {Unavailable} while a topic is not read whole, or cannot be read: then nothing is known of *now*
   */
  get catalogue(): TemplateCatalogue {
    const problem = this.problem();
    if (problem !== undefined) throw new Unavailable('the state of templates', problem);
    this.overlays.expire(Date.now());
    return this.all;
  }

  /** Another number when anything has changed since: what was decided by the {@link catalogue} is to be decided anew. */
  get revision(): number {
    this.overlays.expire(Date.now());
    return this.changes;
  }

  /**
   * A state that was looked up at the provider counts in the place of what the topic says, until the moment given, or until the
   * topic tells of something later, or of anything that may not be sent.
   *
   * @param untilMs milliseconds of Date.now()
   */
  overlay(state: TemplateState, untilMs: number): void {
    this.overlays.lay(state, untilMs);
  }

  /**
   * Why a template may not be sent now under the name and with the values that the content has; undefined when it may, or when
   * it is none.
   *
   * @throws {Unavailable} as {@link catalogue}
   */
  refusal({ tenant, account, content }: SendMessage): TemplateRefusal | undefined {
    if (content.type !== 'template') return undefined;
    const { name, language } = content;
    const state = this.catalogue.state({ tenant, account, name: name!, language: language! });
    if (!state) {
      return { code: 'template-unknown', reason: `account ${account} has no template "${name}" in ${language}` };
    }
    if (!isSendable(state.status)) {
      const why = state.rejectionReason ? `: ${state.rejectionReason}` : '';
      return { code: 'template-not-approved', reason: `template "${name}" (${language}) is ${state.status}${why}` };
    }
    // By name the definition has ordered the values, and the catalogue compares it with the state.
    const wrong = content.variables === undefined ? wrongCounts(content, state) : undefined;
    if (wrong === undefined) return undefined;
    return {
      code: 'template-parameters',
      reason: `template "${name}" (${language}): wrong number of ${wrong}`,
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.topics.map((topic) => topic.close()));
  }

  private apply(key: string, state: TemplateState | undefined): void {
    this.changes++;
    if (state) this.all.setState(state);
    else this.all.removeState(key);
  }

  private define(definition: TemplateDefinition): void {
    this.changes++;
    this.all.setDefinition(definition);
  }

  private undefine(key: string): void {
    this.changes++;
    this.all.removeDefinition(key);
  }
}

/** What a send with other counts than the provider's fails with at the provider (guide 001, section 3). */
function wrongCounts({ parameters = [], headerParameters = [] }: SendMessage['content'], state: TemplateState) {
  const { parameterCount, headerParameterCount = 0 } = state;
  if (parameters.length !== parameterCount) return `values, ${parameters.length} given, ${parameterCount} wanted`;
  if (headerParameters.length === headerParameterCount) return undefined;
  return `header values, ${headerParameters.length} given, ${headerParameterCount} wanted`;
}
