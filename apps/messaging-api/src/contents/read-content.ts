import {
  CONTENT_TYPES,
  MEDIA_TYPES,
  MessageContent,
  problemsOf,
  type ContentType,
  type MediaType,
  type TemplateChoice,
} from '@heliograph/contracts';
import { suggestion } from '@heliograph/contracts';
import type { ErrorDetail } from '@heliograph/runtime';

/** A content as somebody asked for it, and where in the request its fields stand. */
export interface RequestedContent {
  readonly content: MessageContent;
  /** Of the request; empty where the fields of the content are fields of the request. */
  readonly at: string;
}

const MEDIA_FIELDS = ['url', 'mimeType', 'sizeBytes', 'fileName', 'caption'] as const;

/** What can be said of each type: anything else is misspelt, or would be lost. */
const FIELDS: Readonly<Record<ContentType, readonly (keyof MessageContent)[]>> = {
  text: ['text'],
  image: MEDIA_FIELDS,
  audio: MEDIA_FIELDS.filter((field) => field !== 'caption'),
  video: MEDIA_FIELDS,
  file: MEDIA_FIELDS,
  'quick-reply': ['title', 'choices'],
  card: ['title', 'subtitle', 'imageUrl', 'actions'],
  location: ['latitude', 'longitude', 'label'],
  template: ['name', 'language', 'variables', 'parameters'],
};
const ENTRY_FIELDS: Readonly<Record<string, readonly string[]>> = {
  choices: ['label', 'value'],
  actions: ['type', 'title', 'payload', 'url'],
};

/** Reads what was given for a content of this type: every field known, and right by the contract. */
export function readContent(type: ContentType, given: unknown, at: string): RequestedContent | ErrorDetail[] {
  if (!isObject(given)) return [{ field: at, reason: 'must be an object' }];
  const unknown = [
    ...unknownFields(given, FIELDS[type], at, type),
    ...Object.entries(ENTRY_FIELDS).flatMap(([field, names]) =>
      unknownInEntries(given[field], names, `${at}.${field}`),
    ),
  ];
  const content = { ...(type === 'template' && templateValues(given)), ...given, type };
  const wrong = problemsOf(MessageContent, content).map(({ field, reason }) => ({ field: `${at}.${field}`, reason }));
  const both = type === 'template' ? bothProblems(given, at) : [];
  const problems = [...unknown, ...wrong, ...both];
  return problems.length > 0 ? problems : { content, at };
}

/** A template of the files is given named values, any other one values in order. */
export function readTemplate(
  { name, language, variables, parameters }: TemplateChoice,
  at: string,
): RequestedContent | ErrorDetail[] {
  const problems = bothProblems({ variables, parameters }, at);
  if (problems.length > 0) return problems;
  return { content: { type: 'template', name, language, ...templateValues({ variables, parameters }) }, at };
}

const templateValues = ({ variables, parameters = [] }: TemplateValues): Partial<MessageContent> =>
  variables === undefined ? { parameters } : { variables };

type TemplateValues = Pick<MessageContent, 'variables' | 'parameters'>;

const bothProblems = ({ variables, parameters }: TemplateValues, at: string): ErrorDetail[] =>
  variables !== undefined && parameters !== undefined
    ? [{ field: `${at}.parameters`, reason: 'is given together with variables: a template takes one of them' }]
    : [];

/** Reads a content that says its own type, as guide 004 writes it. */
export function readTypedContent(given: unknown, at: string): RequestedContent | ErrorDetail[] {
  return readByType(given, at, CONTENT_TYPES);
}

/** Reads one of several attachments. */
export function readAttachment(given: unknown, at: string): RequestedContent | ErrorDetail[] {
  return readByType<MediaType>(given, at, MEDIA_TYPES);
}

function readByType<T extends ContentType>(
  given: unknown,
  at: string,
  types: readonly T[],
): RequestedContent | ErrorDetail[] {
  if (!isObject(given)) return [{ field: at, reason: 'must be an object' }];
  const { type, ...rest } = given;
  const known = types.find((one) => one === type);
  if (known) return readContent(known, rest, at);
  const near = typeof type === 'string' ? suggestion(type, types) : '';
  return [{ field: `${at}.type`, reason: `must be one of ${types.join(', ')}${near}` }];
}

function unknownInEntries(list: unknown, names: readonly string[], at: string): ErrorDetail[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown, index) =>
    isObject(entry) ? unknownFields(entry, names, `${at}.${index}`) : [],
  );
}

function unknownFields(given: object, names: readonly string[], at: string, of?: string): ErrorDetail[] {
  const strange = Object.keys(given).filter((name) => !names.includes(name));
  const what = of === undefined ? 'is not a known field' : `is not a known field of ${of}`;
  return strange.map((name) => ({ field: `${at}.${name}`, reason: what + suggestion(name, names) }));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
