import { FieldError, list, object, oneOf, optional, text, variant, type Check, type Checked } from '../check/check.ts';
import { assertNumbered, parameterList, type Parameter } from './template-texts.ts';

const title = text({ max: 25 });

/** Guide 001 §4 shows REPLY; the others are assumed to be written alike, with the limits of Meta. */
const kinds = {
  REPLY: object({
    type: oneOf('REPLY'),
    reply: object({
      id: text({ max: 256, pattern: /^[A-Za-z0-9_-]+$/, like: 'letters, digits, _ and -' }),
      title,
    }),
  }),
  URL: object({
    type: oneOf('URL'),
    url: object({
      title,
      url: text({ max: 2000, pattern: /^https?:\/\/[^\s{}]+(\{\{1\}\})?$/, like: 'https://example.com/{{1}}' }),
      parameters: optional(parameterList),
    }),
  }),
  PHONE_NUMBER: object({
    type: oneOf('PHONE_NUMBER'),
    phone_number: object({
      title,
      phone_number: text({ max: 20, pattern: /^\+[1-9]\d{6,14}$/, like: '+15550001234' }),
    }),
  }),
  COPY_CODE: object({ type: oneOf('COPY_CODE'), copy_code: object({ title, code: text({ max: 15 }) }) }),
};
export type Button = Checked<(typeof kinds)[keyof typeof kinds]>;

const buttonList = list<Button>(variant('type', kinds), { min: 1, max: 10 });
const MOST = { REPLY: 10, URL: 2, PHONE_NUMBER: 1, COPY_CODE: 1 };

/** At most so many of each kind, replies side by side, and no two that send back the same. */
export const templateButtons: Check<Button[]> = (value, field) => {
  const given = buttonList(value, field);
  const replies = given.flatMap((one) => (one.type === 'REPLY' ? [one.reply.id] : []));
  given.forEach((one, index) => {
    const before = given.slice(0, index);
    if (before.filter(({ type }) => type === one.type).length === MOST[one.type]) {
      throw new FieldError(`${field}[${index}].type`, `at most ${MOST[one.type]} of ${one.type}`);
    }
    if (one.type !== 'REPLY') return;
    if (replies.indexOf(one.reply.id) !== replies.lastIndexOf(one.reply.id)) {
      throw new FieldError(`${field}[${index}].reply.id`, 'is given twice');
    }
    const apart = before.some(({ type }) => type === 'REPLY') && before.at(-1)?.type !== 'REPLY';
    if (apart) throw new FieldError(`${field}[${index}].type`, 'replies must stand side by side');
  });
  return given;
};

/** The address of a link has as many parameters as it has placeholders. */
export function assertLinks(buttons: readonly Button[], field: string): void {
  buttons.forEach((one, index) => {
    if (one.type === 'URL') assertNumbered(one.url.url, one.url.parameters, `${field}[${index}].url`);
  });
}

/** Parameters of links whose address has a placeholder, in the order of the buttons. */
export const linksToFill = (buttons: readonly Button[]): (Parameter | undefined)[] =>
  buttons.flatMap((one) => (one.type === 'URL' && one.url.url.endsWith('{{1}}') ? [one.url.parameters?.[0]] : []));
