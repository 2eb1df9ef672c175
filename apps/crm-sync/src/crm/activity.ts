import type { TimelineEntry } from '@heliograph/contracts';
import { subjectOf } from './subject.ts';

type Scalar = string | number | boolean | null;

/** An activity as the CRM takes it. */
export interface Activity {
  /** The fact's id: what is redelivered is written under the same one. */
  readonly id: string;
  readonly fields: {
    /** Id of the contact. */
    readonly contactId: string;
    readonly kind: string;
    readonly at: string;
    readonly sequence: number;
    readonly conversationId: string;
    readonly tenant: string;
    readonly channel: string;
    readonly subject: string;
    readonly direction?: 'inbound' | 'outbound';
    /** What was written, for free text. */
    readonly text?: string;
    /** Everything else that the fact says, flat. */
    readonly details: Readonly<Record<string, Scalar>>;
  };
  /** What of it no log may show. */
  readonly hidden: readonly string[];
}

const DIRECTIONS: Readonly<Record<string, 'inbound' | 'outbound'>> = {
  'message.received': 'inbound',
  'message.sent': 'outbound',
  'message.failed': 'outbound',
  'message.suppressed': 'outbound',
  'message.unresolved': 'outbound',
};

/** One activity per timeline entry, made of the entry alone: written twice it is the same. */
export function activityOf(entry: TimelineEntry, contactId: string): Activity {
  const { conversationId, tenant, account, channel, sender, contact, sequence, session, kind, factId, fact } = entry;
  const { content, ...rest } = fact;
  const said = contentOf(content);
  const direction = DIRECTIONS[kind];
  return {
    id: factId,
    fields: {
      contactId,
      kind,
      at: inUtc(entry.at),
      sequence,
      conversationId,
      tenant,
      channel,
      subject: subjectOf(kind, fact),
      ...(direction && { direction }),
      ...(said.text !== undefined && { text: said.text }),
      details: { ...flat(rest), ...said.details, account, sender, session },
    },
    hidden: [contact, contactId, ...said.hidden],
  };
}

interface Said {
  readonly text?: string;
  readonly details: Readonly<Record<string, Scalar>>;
  readonly hidden: readonly string[];
}

function contentOf(content: unknown): Said {
  if (typeof content !== 'object' || content === null) return { details: {}, hidden: [] };
  const { type, text, name, language, parameters } = content as Readonly<Record<string, unknown>>;
  const values = Array.isArray(parameters) ? parameters.map(String) : [];
  return {
    ...(typeof text === 'string' && { text }),
    details: flat({
      contentType: type,
      templateName: name,
      templateLanguage: language,
      templateParameters: parameters,
    }),
    hidden: [...(typeof text === 'string' ? [text] : []), ...values],
  };
}

/** Lists and objects become their JSON. */
function flat(fields: Readonly<Record<string, unknown>>): Record<string, Scalar> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, isScalar(value) ? value : JSON.stringify(value)]));
}

const isScalar = (value: unknown): value is Scalar =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

/** ISO 8601 has many forms and CRMs take few: one form for all of them. What cannot be read goes as it is. */
function inUtc(at: string): string {
  const moment = new Date(at);
  return Number.isNaN(moment.getTime()) ? at : moment.toISOString();
}
