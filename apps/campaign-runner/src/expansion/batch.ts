import type { CampaignDefinition, CampaignRecipient } from '@heliograph/contracts';
import type { OutgoingEvent } from '@heliograph/kafka';
import { commandAgain, commandOf } from './campaign-commands.ts';
import type { Giving, HeldPlace } from './expansion.store.ts';
import type { HeldCommand } from './held-commands.ts';
import type { Row } from './recipient-rows.ts';

/** A message that was not given since its contact had as many as its campaign allows. */
export const CAPPED = 'frequency-cap';

export interface BatchParts {
  /** Where the recipients were to be read from. */
  readonly from: number | undefined;
  /** Undefined when none were read. */
  readonly next: number | undefined;
  readonly isClosed: boolean;
  readonly rows: readonly Row[];
  readonly due: readonly HeldPlace[];
  /** Of the due ones. */
  readonly heldCommands: readonly HeldCommand[];
}

/** So many offsets with nothing of the campaign among them are worth writing down how far it was read. */
const WORTH_NOTING = 10_000;

/** What is given of one campaign in one partition at a time. */
export class Batch {
  /** Why a message was not given. */
  private readonly failed = new Map<string, string>();
  private ending: string | undefined;

  constructor(
    private readonly partition: number,
    private readonly definition: CampaignDefinition,
    readonly parts: BatchParts,
  ) {}

  /** Recipients and held messages that are settled with it. */
  get size(): number {
    return this.parts.rows.length + this.held().length;
  }

  /** @param wasClosed whether that is written down already */
  isNothing(wasClosed: boolean): boolean {
    const { from, next, isClosed } = this.parts;
    return this.size === 0 && isClosed === wasClosed && (next ?? 0) - (from ?? 0) < WORTH_NOTING;
  }

  rowIds(): string[] {
    return this.parts.rows.map(({ recipient }) => recipient.messageId);
  }

  /** None of them is given: they end with this code. */
  endWith(code: string): void {
    this.ending = code;
  }

  /**
   * Those end that the template may not be sent to.
   *
   * @param codeOf of a language; undefined when it may
   * @returns the held ones among them
   */
  refuse(codeOf: (language: string) => string | undefined): HeldCommand[] {
    const { rows, heldCommands } = this.parts;
    const messages = [...rows.map(({ recipient }) => recipient), ...heldCommands.map(({ command }) => command)];
    for (const { messageId, content } of messages) {
      const code = content.language === undefined ? undefined : codeOf(content.language);
      if (code !== undefined) this.failed.set(messageId, code);
    }
    return heldCommands.filter(({ messageId }) => this.failed.has(messageId));
  }

  /** Each of whom nothing is known yet, once, but for those who are refused. */
  newRows(isNew: ReadonlySet<string>): Row[] {
    const rows = new Map<string, Row>();
    for (const row of this.parts.rows) {
      const { messageId } = row.recipient;
      if (isNew.has(messageId) && !this.failed.has(messageId) && !rows.has(messageId)) rows.set(messageId, row);
    }
    return [...rows.values()];
  }

  /** What is to be published: of the new ones those that may be sent to, and what was held. */
  commands(rows: readonly Row[], granted: readonly boolean[]): OutgoingEvent[] {
    const commands: OutgoingEvent[] = this.parts.heldCommands
      .filter(({ messageId }) => !this.failed.has(messageId))
      .map(commandAgain);
    for (const [index, row] of rows.entries()) {
      if (granted[index]) commands.push(commandOf(this.definition, this.partition, row));
      else this.failed.set(row.recipient.messageId, CAPPED);
    }
    return commands;
  }

  /** To be written down when the commands are acknowledged. */
  giving(): Giving {
    const { from, next, isClosed, rows } = this.parts;
    const { campaignId } = this.definition;
    const code = ({ messageId }: CampaignRecipient): string | undefined => this.ending ?? this.failed.get(messageId);
    return {
      ...{ campaignId, from, next, isClosed },
      rows: rows.map(({ recipient }) => ({ messageId: recipient.messageId, code: code(recipient) })),
      held: this.held().map(({ member, messageId }) => ({ member, code: this.ending ?? this.failed.get(messageId) })),
    };
  }

  /** One whose command was not found can only end. */
  private held(): readonly HeldPlace[] {
    return this.ending === undefined ? this.parts.heldCommands : this.parts.due;
  }
}
