import {
  campaignMessageId,
  conversationId,
  type CampaignDefinition,
  type CampaignRecipient,
  type FieldProblem,
  type MessageContent,
} from '@heliograph/contracts';
import type { CountryCode } from 'libphonenumber-js';
import type { Row, RowProblem } from '../reading/row.ts';
import { readAddress } from './contact-address.ts';
import { isTimeZone } from './time-zone.ts';

/** What would keep a message of this template from being sent: fields `name`, `language`, `variables.<name>`. */
export type JudgeTemplate = (content: MessageContent) => readonly FieldProblem[];

const MOST_EXTERNAL_ID = 256;

/** Makes recipients of the rows of one upload. */
export class RecipientRows {
  /** @param at moment of the upload, ISO 8601 */
  constructor(
    private readonly definition: CampaignDefinition,
    private readonly upload: { readonly uploadId: string; readonly at: string },
    private readonly judge: JudgeTemplate,
  ) {}

  /** @returns the recipient, or everything that is wrong with the row */
  read(row: Row): CampaignRecipient | RowProblem[] {
    const { campaignId, tenant, account, channel, sender, columns } = this.definition;
    const problems: RowProblem[] = [];
    const wrong = (field: string, code: string, reason: string): void =>
      void problems.push({ line: row.line, field, code, reason });
    const text = (column: string | undefined, code: string): string => textOf(row, column, code, wrong);
    const contact = this.address(text(columns.address, 'address-invalid'), wrong);
    const externalId = text(columns.externalId, 'external-id-invalid');
    if (externalId.length > MOST_EXTERNAL_ID) {
      wrong(columns.externalId!, 'external-id-invalid', `has more than ${MOST_EXTERNAL_ID} characters`);
    }
    const timeZone = text(columns.timeZone, 'time-zone-invalid').trim();
    if (timeZone !== '' && !isTimeZone(timeZone)) {
      wrong(columns.timeZone!, 'time-zone-invalid', 'is no time zone, for example Europe/Berlin');
    }
    const content = this.content(row, text(columns.language, 'language-invalid').trim(), wrong);
    if (problems.length > 0 || contact === undefined) return problems;
    return {
      ...{
        conversationId: conversationId(tenant, channel, sender, contact),
        tenant,
        account,
        channel,
        sender,
        contact,
      },
      ...{ campaignId, messageId: campaignMessageId(tenant, campaignId, channel, contact) },
      ...{ uploadId: this.upload.uploadId, line: row.line, content },
      ...(externalId !== '' && { externalId }),
      ...(timeZone !== '' && { timeZone }),
      at: this.upload.at,
    };
  }

  private address(raw: string, wrong: Wrong): string | undefined {
    const { channel, columns, country } = this.definition;
    if (raw.trim() === '') {
      wrong(columns.address, 'address-missing', 'is empty: nobody to send to');
      return undefined;
    }
    const read = readAddress(channel, raw, country as CountryCode | undefined);
    if ('address' in read) return read.address;
    wrong(columns.address, 'address-invalid', read.wrong);
    return undefined;
  }

  private content(row: Row, language: string, wrong: Wrong): MessageContent {
    const { template, variables: mapping, columns } = this.definition;
    const variables: Record<string, unknown> = {};
    for (const [name, from] of Object.entries(mapping)) {
      const value = 'column' in from ? row.get(from.column) : from.value;
      if (value !== undefined && value !== null) variables[name] = value;
    }
    const content: MessageContent = {
      type: 'template',
      name: template.name,
      language: language === '' ? template.language : language,
      variables,
    };
    for (const { field, reason } of this.judge(content)) {
      if (field === 'language') wrong(columns.language ?? field, 'language-invalid', reason);
      else wrong(this.columnOf(field), field === 'name' ? 'template-invalid' : 'variable-invalid', reason);
    }
    return content;
  }

  private columnOf(field: string): string {
    const from = this.definition.variables[field.replace(/^variables\./, '')];
    return from && 'column' in from ? from.column : field;
  }
}

type Wrong = (field: string, code: string, reason: string) => void;

/** Numbers are texts, too: many programs write ids and phone numbers so. */
function textOf(row: Row, column: string | undefined, code: string, wrong: Wrong): string {
  const value = column === undefined ? undefined : row.get(column);
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  wrong(column!, code, 'must be a text or a number');
  return '';
}
