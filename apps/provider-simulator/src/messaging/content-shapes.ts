import { FieldError, list, number, object, oneOf, optional, text, type Check, type Checked } from '../check/check.ts';
import type { Offer, Words } from './conversation-store.ts';

const url = text({ max: 2048, pattern: /^https?:\/\/\S+$/, like: 'https://example.com/1.png' });
const words = text({ max: 1024 });
const optionalWords = optional(words);
const payload = text({ max: 256 });

const choice = object({ label: text({ max: 256 }), value: payload });
const action = byType({
  postback: object({ type: oneOf('postback'), title: text({ max: 256 }), payload }),
  web_url: object({ type: oneOf('web_url'), title: text({ max: 256 }), url }),
});
const attachment = <const T extends string>(type: T) =>
  object({
    type: oneOf(type),
    url,
    mimeType: optional(text({ max: 127 })),
    fileName: optionalWords,
    caption: optionalWords,
  });

/** Quick reply and card as guide 004, step 2 shows them; the fields of the others are assumed, as the README says. */
const contents = {
  text: object({ type: oneOf('text'), text: text({ max: 4096 }) }),
  image: attachment('image'),
  audio: attachment('audio'),
  video: attachment('video'),
  file: attachment('file'),
  'quick-reply': object({ type: oneOf('quick-reply'), title: words, choices: list(choice, { min: 1, max: 20 }) }),
  card: object({
    type: oneOf('card'),
    title: words,
    subtitle: optionalWords,
    image: optional(object({ url })),
    actions: list(action, { min: 1, max: 20 }),
  }),
  location: object({
    type: oneOf('location'),
    latitude: number({ min: -90, max: 90 }),
    longitude: number({ min: -180, max: 180 }),
    label: optionalWords,
  }),
};
/** Guide 004, "Invalid content type". */
const content = byType(contents, 'Invalid content type');
export type Content = Checked<typeof content>;
/** Guide 004, step 3: the root's type is exactly `message`. */
const structuredShape = object({ type: oneOf('message'), content });

export const structuredMessage = (body: unknown): Content => structuredShape(body, '').content;

/** The check of the value's own `type`. */
function byType<C extends Readonly<Record<string, Check<object>>>>(
  checks: C,
  reason?: string,
): Check<ReturnType<C[keyof C]>> {
  return (value, field) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new FieldError(field, 'must be an object');
    }
    const { type } = value as { type?: unknown };
    const check = typeof type === 'string' && Object.hasOwn(checks, type) ? checks[type] : undefined;
    if (!check) throw new FieldError(`${field}.type`, reason ?? `must be ${Object.keys(checks).join(' or ')}`);
    return check(value, field) as ReturnType<C[keyof C]>;
  };
}

/** What people see of a message, in one line and with its buttons. */
export function wordsOf(given: Content): Words {
  switch (given.type) {
    case 'text':
      return { kind: given.type, text: given.text, buttons: [] };
    case 'quick-reply':
      return { kind: given.type, text: given.title, buttons: given.choices.map(({ label }) => label) };
    case 'card':
      return cardWords(given);
    case 'location':
      return {
        kind: given.type,
        text: `${given.latitude}, ${given.longitude} ${given.label ?? ''}`.trim(),
        buttons: [],
      };
    default:
      return {
        kind: given.type,
        text: [given.caption, given.fileName, given.url].filter(Boolean).join(' · '),
        buttons: [],
      };
  }
}

function cardWords({ type, title, subtitle, image, actions }: Extract<Content, { type: 'card' }>): Words {
  const text = [title, subtitle, image?.url].filter(Boolean).join(' · ');
  return { kind: type, text, buttons: actions.map((one) => (one.type === 'web_url' ? `${one.title} ↗` : one.title)) };
}

/** What a customer can press in it. */
export function offersOf(given: Content): Offer[] {
  if (given.type === 'quick-reply') {
    return given.choices.map(({ label, value }) => ({ kind: given.type, label, payload: value }));
  }
  if (given.type !== 'card') return [];
  return given.actions.flatMap((one) =>
    one.type === 'postback' ? [{ kind: given.type, label: one.title, payload: one.payload }] : [],
  );
}
