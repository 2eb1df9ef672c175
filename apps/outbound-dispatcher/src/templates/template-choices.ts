import type { HowChanged, SendMessage } from '@heliograph/contracts';
import type { Delivery } from '@heliograph/kafka';
import { templateContent } from '../sending/content-as-sent.ts';
import type { Refusal } from '../sending/effect.ts';
import type { SettledSend } from '../sending/settled-send.ts';
import { memoOf } from '../sending/turn.ts';
import type { ChosenTemplate } from './chosen-template.ts';
import type { Resolved, TemplateResolver } from './template-resolver.ts';
import type { TemplateTable } from './template-table.ts';

/** What goes out for a command, and what its fact says of it beyond the command. */
export interface ToSend {
  readonly kind: 'send';
  readonly command: SendMessage;
  readonly told: Pick<SettledSend, 'content' | 'changed' | 'sanitised'>;
  /** Of a template by name. */
  readonly template?: string;
  /** Why it is not the template that was asked for. */
  readonly instead?: Refusal;
  /** Whether something else would be chosen by now; asked in the same turn as `begin`. */
  readonly stale?: () => boolean;
}

export type Choice = ToSend | { readonly kind: 'refused'; readonly refusal: Refusal & Partial<SettledSend> };

/**
 * What is sent of a template at this moment, remembered for the delivery while nothing changes. A template that is rejected
 * between this choice and `begin` makes it stale: then it is chosen anew, and nothing has left.
 */
export class TemplateChoices {
  constructor(
    private readonly table: TemplateTable,
    private readonly resolver: TemplateResolver,
  ) {}

  /**
   * @param command with the content that is to go out; anything but a template by name is sent as it is
   * @throws {Unavailable} while the table does not know what may be sent now
   */
  of(command: SendMessage, delivery: Delivery, changed?: HowChanged): Choice {
    if (!isByName(command)) return { kind: 'send', command, told: changed ? { changed } : {} };
    const { messageId } = command;
    return this.choice(command, delivery, messageId, () => this.resolver.resolve(command), changed);
  }

  /**
   * What is sent when the provider has refused one template of a message.
   *
   * @param entryId in the ledger, of the one try that this is
   * @param refused its name
   */
  after(command: SendMessage, delivery: Delivery, entryId: string, refused: string): Choice {
    const asked = asTemplate(command);
    return this.choice(asked, delivery, entryId, () => this.resolver.after(asked, refused));
  }

  private choice(
    command: SendMessage,
    delivery: Delivery,
    entryId: string,
    resolve: () => Resolved,
    changed?: HowChanged,
  ): Choice {
    const { resolved } = this.chosen(delivery, entryId, resolve);
    if (resolved.kind !== 'send') return { kind: 'refused', refusal: resolved.refusal };
    const { content, sanitised, template, instead } = resolved;
    const how = instead ? 'fallback' : changed;
    return {
      kind: 'send',
      command: { ...command, content },
      told: { content, ...(how && { changed: how }), ...(sanitised.length > 0 && { sanitised }) },
      template,
      ...(instead && { instead }),
      stale: () => this.chosen(delivery, entryId, resolve).resolved !== resolved,
    };
  }

  private chosen(delivery: Delivery, entryId: string, resolve: () => Resolved): ChosenTemplate {
    const { chosen } = memoOf(delivery);
    const known = chosen.get(entryId);
    const { revision } = this.table;
    if (known?.revision === revision) return known;
    const resolved = resolve();
    if (known && isSame(known.resolved, resolved)) {
      known.revision = revision;
      return known;
    }
    const fresh = { resolved, revision };
    chosen.set(entryId, fresh);
    return fresh;
  }
}

const isByName = ({ content }: SendMessage): boolean => content.type === 'template' && content.variables !== undefined;

/** The template of a message: what it says, or what was to be sent in its place. */
const asTemplate = (command: SendMessage): SendMessage =>
  command.content.type === 'template' ? command : { ...command, content: templateContent(command.windowTemplate!) };

const isSame = (a: Resolved, b: Resolved): boolean => JSON.stringify(a) === JSON.stringify(b);
