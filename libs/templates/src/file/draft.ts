import type {
  TemplateButton,
  TemplateCategory,
  TemplateChannel,
  TemplateFallback,
  TemplateVariable,
  VariableType,
} from '@heliograph/contracts';
import { namesIn } from '../placeholders.ts';
import { VALUE_TYPES } from '../render/value-types.ts';

/** A template of which anything may be missing, because it had the wrong form. */
export interface Draft {
  readonly name?: string;
  readonly version: number;
  readonly channel?: TemplateChannel;
  readonly category?: TemplateCategory;
  readonly variables: readonly DraftVariable[];
  readonly languages: readonly DraftLanguage[];
  readonly fallbacks: readonly { readonly place: string; readonly fallback: Partial<TemplateFallback> }[];
  readonly emoji: 'keep' | 'text';
}

export interface DraftVariable extends Omit<TemplateVariable, 'sample'> {
  readonly place: string;
  readonly sample?: string;
}

export interface DraftText {
  /** Of the text itself, which may stand in a field of its own. */
  readonly place: string;
  readonly text?: string;
  /** As the file lists them. */
  readonly listed?: readonly string[];
  /** What its placeholders stand for: listed, or by name. */
  readonly variables: readonly string[];
}

export const TEXT_PARTS = ['header', 'subject', 'body'] as const;
export type TextPart = (typeof TEXT_PARTS)[number];

export interface DraftLanguage {
  readonly language: string;
  readonly place: string;
  readonly texts: Partial<Readonly<Record<TextPart, DraftText>>>;
  readonly footer?: string;
  readonly buttons?: readonly DraftButton[];
}

export interface DraftButton extends Partial<TemplateButton> {
  readonly place: string;
}

interface FileText {
  readonly text?: string;
  readonly variables?: readonly (string | undefined)[];
}

/** As {@link readForm} leaves it, by the schema. */
interface FileForm extends Pick<Draft, 'name' | 'channel' | 'category'> {
  readonly version?: number;
  readonly emoji?: 'keep' | 'text';
  readonly variables?: Readonly<Record<string, { type?: VariableType; max?: number; sample?: string }>>;
  readonly languages?: Readonly<
    Record<
      string,
      Partial<Record<TextPart, string | FileText>> & {
        footer?: string;
        buttons?: readonly (Partial<TemplateButton> | undefined)[];
      }
    >
  >;
  readonly fallbacks?: readonly (Partial<TemplateFallback> | undefined)[];
}

/** @param form of a file, with what has the wrong form left out */
export function draftOf(form: unknown): Draft {
  const {
    name,
    version = 1,
    channel,
    category,
    variables = {},
    languages = {},
    fallbacks = [],
    emoji,
  } = form as FileForm;
  return {
    name,
    version,
    channel,
    category,
    variables: Object.entries(variables).map(([its, { type = 'text', max = VALUE_TYPES[type].max, sample }]) => ({
      name: its,
      place: `variables.${its}`,
      type,
      max,
      sample,
    })),
    languages: Object.entries(languages).map(([language, { footer, buttons, ...texts }]) => {
      const place = `languages.${language}`;
      const parts = TEXT_PARTS.map((part) => [part, draftText(texts[part], `${place}.${part}`, channel)] as const);
      const known = Object.fromEntries(parts.filter(([, text]) => text !== undefined)) as DraftLanguage['texts'];
      return { language, place, texts: known, footer, buttons: buttons && buttonsAt(buttons, place) };
    }),
    fallbacks: fallbacks.flatMap((fallback, index) => (fallback ? [{ place: `fallbacks[${index}]`, fallback }] : [])),
    emoji: emoji ?? (channel === 'sms' ? 'text' : 'keep'),
  };
}

const buttonsAt = (buttons: readonly (Partial<TemplateButton> | undefined)[], place: string): DraftButton[] =>
  buttons.flatMap((button, index) => (button ? [{ ...button, place: `${place}.buttons[${index}]` }] : []));

function draftText(
  given: string | FileText | undefined,
  place: string,
  channel: Draft['channel'],
): DraftText | undefined {
  if (given === undefined) return undefined;
  const { text, variables } = typeof given === 'string' ? { text: given } : given;
  const listed = variables?.filter((name) => name !== undefined);
  return {
    place: typeof given === 'string' ? place : `${place}.text`,
    text,
    listed,
    variables: channel === 'whatsapp' || channel === undefined ? (listed ?? []) : namesIn(text ?? ''),
  };
}
