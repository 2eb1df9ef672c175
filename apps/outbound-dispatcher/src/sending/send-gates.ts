import type { SendMessage } from '@heliograph/contracts';
import { windowKey } from '@heliograph/conversations';
import type { Delivery } from '@heliograph/kafka';
import type { TemplateLookUps } from '../templates/template-look-ups.ts';
import type { TemplateTable } from '../templates/template-table.ts';
import type { Effect, Refusal } from './effect.ts';
import type { OutgoingContents } from './outgoing-contents.ts';

const DAY_MS = 86_400_000;

export interface SendRules {
  /** Taken off the 24 hours, so that a message does not arrive just after the window closed. */
  readonly windowMarginMs: number;
}

export type Gates = Pick<Effect<never>, 'priority' | 'refusal' | 'window'>;

/**
 * What must hold at the moment of a send (promise 6): not expired, nothing that the channel cannot carry or a content filter stops,
 * template approved now, 24-hour window open for free text.
 */
export class SendGates {
  constructor(
    private readonly templates: TemplateTable,
    private readonly rules: SendRules,
    readonly contents: OutgoingContents,
    private readonly lookUps: Pick<TemplateLookUps, 'assure'>,
  ) {}

  /** Why a message must not be sent, by what is known here. @throws Unavailable while the state of templates is not known */
  refusal(command: SendMessage): Refusal | undefined {
    return expired(command) ?? this.contents.refusal(command) ?? this.templates.refusal(command);
  }

  of(command: SendMessage, { partition }: Delivery): Gates {
    const notBefore = Date.now() - DAY_MS + this.rules.windowMarginMs;
    return {
      priority: command.class,
      refusal: () => this.refusal(command) ?? this.lookUps.assure(command),
      window: needsWindow(command) ? { key: windowKey(partition, command.conversationId), notBefore } : undefined,
    };
  }
}

/** Everything but templates on WhatsApp (guide 000, section 4); other channels have no window. */
export function needsWindow({ channel, content }: SendMessage): boolean {
  return channel === 'whatsapp' && content.type !== 'template';
}

export function expired({ expiresAt }: Pick<SendMessage, 'expiresAt'>): Refusal | undefined {
  if (expiresAt === undefined || Date.parse(expiresAt) > Date.now()) return undefined;
  return { code: 'expired', reason: `the command expired at ${expiresAt}` };
}
