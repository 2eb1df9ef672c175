import { fit } from '@heliograph/channels';
import type { ContentFilters } from '@heliograph/content-filters';
import type { MessageContent, SendMessage } from '@heliograph/contracts';
import type { Refusal } from './effect.ts';
import type { SettledSend } from './settled-send.ts';

/** What goes out for a command. */
export interface Outgoing {
  readonly content: MessageContent;
  /** What the fact says of it beyond the command. */
  readonly told: Pick<SettledSend, 'content' | 'changed' | 'flagged'>;
}

/**
 * What of a command may go out: made to fit its channel, then looked at by the tenant's content filters, as the customer would
 * see it. Both were checked on acceptance; commands of other teams, and filters that are new since, were not.
 */
export class OutgoingContents {
  /** Table and filters stay the same while the process lives, so one look per content is enough. */
  readonly #known = new WeakMap<MessageContent, Outgoing | Refusal>();

  constructor(private readonly filters: ContentFilters) {}

  refusal(command: SendMessage): Refusal | undefined {
    const found = this.#look(command);
    return 'code' in found ? found : undefined;
  }

  /** Of a command that is refused: as it was given. */
  of(command: SendMessage): Outgoing {
    const found = this.#look(command);
    return 'code' in found ? { content: command.content, told: {} } : found;
  }

  #look(command: SendMessage): Outgoing | Refusal {
    const known = this.#known.get(command.content);
    if (known) return known;
    const found = this.#examine(command);
    this.#known.set(command.content, found);
    return found;
  }

  #examine({ tenant, channel, content, ifUnsupported }: SendMessage): Outgoing | Refusal {
    // One command is one message: it cannot be split any more.
    const fitted = fit(content, channel, ifUnsupported === 'degrade' ? 'degrade' : 'refuse');
    if (!fitted.ok) {
      const reason = fitted.problems.map((problem) => `content.${problem.field} ${problem.reason}`).join('; ');
      return { code: 'unsupported-content', reason };
    }
    // Filters never make a text longer, so it still fits.
    const judged = this.filters.judge(tenant, fitted.contents[0]!);
    if (judged.verdict === 'blocked') {
      const names = judged.by.map(({ filter }) => `"${filter}"`).join(', ');
      return { code: 'content-blocked', reason: `stopped by the content filter ${names}` };
    }
    const told = {
      ...(judged.content !== content && { content: judged.content }),
      ...(fitted.degraded && { changed: 'degraded' as const }),
      ...(judged.flagged.length > 0 && { flagged: judged.flagged }),
    };
    return { content: judged.content, told };
  }
}
