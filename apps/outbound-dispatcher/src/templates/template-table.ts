import { templateKey, TOPICS, type SendMessage, type TemplateState } from '@heliograph/contracts';
import { followTopic, type FollowedTopic, type Kafka } from '@heliograph/kafka';
import { Unavailable } from '@heliograph/runtime';

export interface TemplateRefusal {
  readonly code: 'template-unknown' | 'template-not-approved' | 'template-parameters';
  readonly reason: string;
}

/**
 * What the registry says of every template, read whole from `template.state`. Until all of it was read nothing may be sent: a
 * template that is not there is refused for good.
 */
export class TemplateTable {
  private constructor(
    private readonly topic: FollowedTopic,
    private readonly states: ReadonlyMap<string, TemplateState>,
  ) {}

  /** Starts to read the topic; {@link problem} says when all of it is there. */
  static follow(kafka: Kafka): TemplateTable {
    const states = new Map<string, TemplateState>();
    const topic = followTopic(kafka, TOPICS.templateState, {
      visit: ({ event }) => {
        const state = event.data as TemplateState;
        states.set(templateKey(state), state);
      },
    });
    return new TemplateTable(topic, states);
  }

  /** Why templates cannot be judged (yet); undefined when they can. */
  problem(): string | undefined {
    return this.topic.problem();
  }

  /**
   * Why this template may not be sent now; undefined when it may, or when the command sends none.
   *
   * @throws {Unavailable} while the topic is not read whole, or cannot be read: then nothing is known of *now*
   */
  refusal({ tenant, account, content }: SendMessage): TemplateRefusal | undefined {
    if (content.type !== 'template') return undefined;
    const problem = this.problem();
    if (problem !== undefined) throw new Unavailable('the state of templates', problem);
    const { name, language, parameters = [] } = content;
    const state = this.states.get(templateKey({ tenant, account, name: name!, language: language! }));
    if (!state) {
      return { code: 'template-unknown', reason: `account ${account} has no template "${name}" in ${language}` };
    }
    if (state.status !== 'APPROVED') {
      const why = state.rejectionReason ? `: ${state.rejectionReason}` : '';
      return { code: 'template-not-approved', reason: `template "${name}" (${language}) is ${state.status}${why}` };
    }
    if (parameters.length !== state.parameterCount) {
      const given = `${parameters.length} given, ${state.parameterCount} wanted`;
      return {
        code: 'template-parameters',
        reason: `template "${name}" (${language}): wrong number of values, ${given}`,
      };
    }
    return undefined;
  }

  async close(): Promise<void> {
    await this.topic.close();
  }
}
