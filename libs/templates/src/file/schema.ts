import {
  BUTTON_KINDS,
  EMOJI_RULES,
  TEMPLATE_CATEGORIES,
  TEMPLATE_CHANNELS,
  VARIABLE_TYPES,
} from '@heliograph/contracts';
import { LIMITS } from '../limits.ts';

/** As much of JSON Schema (draft-07) as the form of a template file needs; `if` and `then` are for editors alone. */
export interface Schema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: false;
  readonly required?: readonly string[];
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly unknown[];
}

export const NAME_PATTERN = `^[A-Za-z0-9_]{1,${LIMITS.name}}$`;
export const LANGUAGE_PATTERN = '^[a-z]{2,3}(_[A-Z]{2})?$';
export const VARIABLE_PATTERN = '^[A-Za-z][A-Za-z0-9_]{0,63}$';
/** Guide 001, section 4: nothing that breaks JSON or a webhook's parser. */
export const PAYLOAD_PATTERN = `^[A-Za-z0-9_-]{1,${LIMITS.payload}}$`;

const fields = (properties: Readonly<Record<string, Schema>>, required: readonly string[], description: string) =>
  ({ type: 'object', description, properties, required, additionalProperties: false }) as const;

const VARIABLES: Schema = {
  type: 'array',
  description: 'On WhatsApp: the variables that {{1}}, {{2}} … stand for, that of {{1}} first.',
  maxItems: LIMITS.variables,
  items: { type: 'string', minLength: 1, maxLength: 64 },
};

/** A text alone, or with the variables of its numbered placeholders. */
const text = (description: string, most: number): Schema => {
  const own: Schema = { type: 'string', minLength: 1, maxLength: most, description };
  return { description, anyOf: [own, fields({ text: own, variables: VARIABLES }, ['text'], description)] };
};

const VARIABLE = fields(
  {
    type: {
      enum: VARIABLE_TYPES,
      default: 'text',
      description:
        'What a value must be. number: 12.5; date: 2026-10-25; amount: 12.50 EUR; url: begins with http:// or https://.',
    },
    max: {
      type: 'integer',
      minimum: 1,
      maximum: 1024,
      description: 'Most characters of a value; 1024 (text, url), 32 (number), 24 (amount) or 10 (date) when absent.',
    },
    sample: {
      type: ['string', 'number'],
      minLength: 1,
      maxLength: 1024,
      description: 'What the reviewers of the provider see in its place: an invented value of this type.',
    },
  },
  ['sample'],
  'A value that whoever sends the template gives.',
);

const BUTTON = fields(
  {
    kind: {
      enum: BUTTON_KINDS,
      description: 'reply: comes back with its payload; url: opens a page; phone: calls; copy-code: copies.',
    },
    title: { type: 'string', minLength: 1, maxLength: LIMITS.title, description: 'What stands on the button.' },
    payload: {
      type: 'string',
      pattern: PAYLOAD_PATTERN,
      description: `Of a reply: what comes back, the same in every language. At most ${LIMITS.payload} of A-Z a-z 0-9 _ and -.`,
      examples: ['CHECK_ORDER'],
    },
    url: { type: 'string', minLength: 1, maxLength: LIMITS.url, description: 'Of a link; may end in {{1}}.' },
    variable: {
      type: 'string',
      minLength: 1,
      maxLength: 64,
      description: 'Of a link that ends in {{1}}: the variable it stands for.',
    },
    phone: { type: 'string', minLength: 1, maxLength: LIMITS.phone, description: 'The number, with country code.' },
    code: { type: 'string', minLength: 1, maxLength: LIMITS.code, description: 'What is copied.' },
  },
  ['kind', 'title'],
  'A button: its kind says which of the other fields it has.',
);

const LANGUAGE = fields(
  {
    header: text('On WhatsApp: one line above the body, with at most one placeholder.', LIMITS.header),
    subject: text('Of an e-mail.', LIMITS.subject),
    body: text(
      'The message. Placeholders are {{1}}, {{2}} … on WhatsApp, {{name}} of a variable in an SMS or e-mail.',
      LIMITS.mail,
    ),
    footer: {
      type: 'string',
      minLength: 1,
      maxLength: LIMITS.footer,
      description: 'On WhatsApp: small print below the body, without placeholders.',
    },
    buttons: {
      type: 'array',
      minItems: 1,
      maxItems: LIMITS.buttons,
      items: BUTTON,
      description: 'On WhatsApp. Replies stand together; at most 2 url, 1 phone, 1 copy-code.',
    },
  },
  ['body'],
  'The template in one language.',
);

const FALLBACK = fields(
  {
    template: { type: 'string', minLength: 1, maxLength: LIMITS.name, description: 'Name of another template.' },
    channel: { enum: ['whatsapp', 'sms'], description: 'Where it goes by another channel than this template.' },
    sender: { type: 'string', minLength: 1, maxLength: 128, description: 'With channel: name of the sender there.' },
  },
  ['template'],
  'What is sent in its place while it may not be sent.',
);

const onlyWith = (channel: string, ...names: string[]) => ({
  if: { properties: { channel: { enum: TEMPLATE_CHANNELS.filter((one) => one !== channel) } }, required: ['channel'] },
  then: {
    properties: {
      ...(channel === 'whatsapp' && { category: false }),
      languages: { additionalProperties: { properties: Object.fromEntries(names.map((name) => [name, false])) } },
    },
  },
});

/**
 * The form of a template file, for editors and for us: what is read is checked against it. What a schema cannot say
 * (placeholders without gaps, samples of their type, payloads once only …) is checked besides.
 */
export const TEMPLATE_SCHEMA: Schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Heliograph template',
  ...fields(
    {
      name: {
        type: 'string',
        pattern: NAME_PATTERN,
        description:
          'What commands call it, in every environment. Lower-case letters, digits and _ on WhatsApp; never ends in _v and a number.',
      },
      version: {
        type: 'integer',
        minimum: 1,
        maximum: 9999,
        default: 1,
        description:
          'Raised with every change of what the provider reviews: an approved template is never changed, but followed.',
      },
      channel: { enum: TEMPLATE_CHANNELS, description: 'Where it is sent.' },
      category: {
        enum: TEMPLATE_CATEGORIES,
        description:
          'On WhatsApp. By what makes it be sent, not by its tone: UTILITY when the customer did something (an order, a payment).',
      },
      variables: {
        type: 'object',
        description: 'The values that whoever sends it gives, by name. Every language uses all of them.',
        patternProperties: { [VARIABLE_PATTERN]: VARIABLE },
        additionalProperties: false,
        maxProperties: LIMITS.variables,
      },
      languages: {
        type: 'object',
        description: 'The template in each of its languages: en_US, de.',
        patternProperties: { [LANGUAGE_PATTERN]: LANGUAGE },
        additionalProperties: false,
        minProperties: 1,
        maxProperties: LIMITS.languages,
      },
      fallbacks: {
        type: 'array',
        description: 'What is sent in its place while it may not be sent; the first that may be.',
        maxItems: LIMITS.fallbacks,
        items: FALLBACK,
      },
      emoji: {
        enum: EMOJI_RULES,
        description:
          'What becomes of emoji in values. keep: they stay; text: (thumbs up). text when absent on SMS, else keep.',
      },
    },
    ['name', 'channel', 'languages'],
    'A template with all its languages.',
  ),
  allOf: [onlyWith('whatsapp', 'header', 'footer', 'buttons'), onlyWith('email', 'subject')],
};
