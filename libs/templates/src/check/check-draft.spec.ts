import { describe, expect, it } from '@jest/globals';
import { mailFile, smsFile, whatsappFile } from '../../test/files.ts';
import { said } from '../../test/said.ts';

const english = (fields: object) => whatsappFile({}, { ...fields });
/** With a body that speaks of an order, and uses no variable. */
const bare = (fields: object, more: object = {}) =>
  whatsappFile({ variables: {}, ...more }, { header: undefined, body: 'Your order is on its way.', ...fields });
const body = (text: string, variables: string[] = ['customer', 'order', 'delivery']) =>
  english({ body: { text, variables } });
const PLACE = 'languages.en_US';

describe('names (guide 001, section 3; provider-apis 4)', () => {
  it.each([
    ['Order', 'error name name: has capital letters'],
    ['order-update', 'error name name: has other characters than letters, digits and _'],
    ['order_v2', 'error name-version name: ends in "_v2": write the number as version'],
    ['a'.repeat(513), 'error name name: has other characters than letters, digits and _, or more than 512'],
  ])('%.20s are refused', (name, problem) => {
    expect(said(whatsappFile({ name }))).toEqual([expect.stringContaining(problem)]);
  });

  it('leave room for the version that the provider sees', () => {
    const problems = said(whatsappFile({ name: 'a'.repeat(510), version: 12 }));
    expect(problems).toEqual(['error name name: has 514 characters with its version; at most 512']);
  });

  it('of SMS and e-mail may have capital letters (guide 002, section 2)', () => {
    expect(said(smsFile())).toEqual([]);
    expect(said(mailFile())).toEqual([]);
  });
});

describe('categories go by what makes a template be sent (guide 001, section 1)', () => {
  const category = (given: string, text: string) => said(bare({ body: text }, { category: given, footer: undefined }));

  it.each([
    [
      'UTILITY',
      'Sale! 20% off everything this week.',
      'speaks of "sale" and of nothing that a customer did: that is MARKETING',
    ],
    ['AUTHENTICATION', 'Sale! Your code inside.', 'that is MARKETING'],
    [
      'MARKETING',
      'Your payment has been received.',
      '"payment": what a customer\'s own order or payment triggers is UTILITY',
    ],
    ['MARKETING', 'Ihre Bestellung ist unterwegs.', 'speaks of "bestellung"'],
    ['AUTHENTICATION', 'Welcome to our shop.', 'only templates with a one-time code are'],
  ])('%s is doubted where the words speak against it: %s', (given, text, problem) => {
    expect(category(given, text)).toEqual([expect.stringMatching(/^warning category-intent category: is /)]);
    expect(category(given, text)[0]).toContain(problem);
  });

  it.each([
    ['UTILITY', 'Your payment has been received. Enjoy 10% off the next one.'],
    ['MARKETING', 'Spring sale: 20% off your next order.'],
    ['AUTHENTICATION', 'Your verification code is on its way.'],
    ['UTILITY', 'How can we help you today?'],
  ])('%s is not doubted: %s', (given, text) => {
    expect(category(given, text)).toEqual([]);
  });

  it('are needed on WhatsApp, and nowhere else', () => {
    expect(said(whatsappFile({ category: undefined }))).toEqual([
      'error needed category: is missing: UTILITY, MARKETING or AUTHENTICATION',
    ]);
    expect(said(smsFile({ category: 'UTILITY' }))).toEqual([
      'error channel-field category: is for WhatsApp, not for sms',
    ]);
    expect(said(whatsappFile({ category: 'utility' }))).toEqual([
      'error choice category: must be one of UTILITY, MARKETING, AUTHENTICATION: did you mean "UTILITY"?',
    ]);
  });
});

describe('placeholders on WhatsApp (guide 001, section 3)', () => {
  it.each([
    ['begin at 1', 'Hi {{2}}, {{3}} and {{4}} are on their way now.', 'placeholder-gap', 'has {{4}} but no {{1}}'],
    ['have no gaps', 'Hi {{1}}, order {{2}} comes on {{4}} as planned.', 'placeholder-gap', 'has {{4}} but no {{3}}'],
    ['do not begin at 0', 'Hi {{0}}, order {{1}} comes {{2}} {{3}} as planned.', 'placeholder-form', 'has {{0}}'],
    [
      'are numbers',
      'Hi {{customer}}, {{order}} comes on {{delivery}} as planned.',
      'placeholder-form',
      'has {{customer}}',
    ],
    ['have no blanks', 'Hi {{ 1 }}, order {{2}} comes on {{3}} as planned.', 'placeholder-form', 'has {{ 1 }}'],
    [
      'are as many as the variables',
      'Hi {{1}}, order {{2}} is on its way.',
      'placeholder-count',
      'has 2 placeholders, and variables names 3',
    ],
    [
      'are whole',
      'Hi {{1}}, order {{2}} comes on {{3}}, as }} planned.',
      'placeholder-braces',
      'belong to no placeholder',
    ],
    [
      'do not stand next to each other',
      'Hi {{1}}, your order {{2}} {{3}} is on its way.',
      'placeholder-adjacent',
      'put words between',
    ],
    [
      'do not begin a body (2388299)',
      '{{1}}, your order {{2}} comes on {{3}} as planned.',
      'placeholder-edge',
      'begins or ends',
    ],
    [
      'do not end a body (2388299)',
      'Hi {{1}}, your order {{2}} comes as planned on {{3}}',
      'placeholder-edge',
      'begins or ends',
    ],
  ])('%s', (_, text, rule, reason) => {
    expect(said(body(text))).toContainEqual(
      expect.stringMatching(new RegExp(`^error ${rule} ${PLACE}\\.body\\.text: `)),
    );
    expect(said(body(text)).join()).toContain(reason);
  });

  it('are counted in each text by itself, and may come twice', () => {
    const text = 'Hi {{1}}, your order {{2}} comes on {{3}}. Please have your number, {{2}}, at hand.';
    expect(said(body(text))).toEqual([]);
  });

  it('in few words are doubted (2388293: too many variables for the length)', () => {
    expect(said(body('Hi {{1}}, order {{2}}: {{3}}.'))).toEqual([
      expect.stringContaining('warning placeholder-density languages.en_US.body.text: has 3 placeholders in 2 words'),
    ]);
  });

  it('stand for variables of the template, whose nearest name is told', () => {
    expect(said(english({ header: { text: 'Order #{{1}}', variables: ['oder'] } }))).toEqual([
      'error variable-unknown languages.en_US.header.text: has "oder", which is not among the variables of the template: did you mean "order"?',
    ]);
  });
});

describe('placeholders of SMS and e-mail are the exact names of variables (guide 002, section 2)', () => {
  const sms = (text: unknown) => said(smsFile({}, { body: text }));
  const rest = ' Track at {{tracking_link}}.';

  it.each([
    [
      `Order {{order-id}}.${rest}`,
      'error placeholder-form languages.en_US.body: has {{order-id}}: write the exact name',
    ],
    [`Order {{ order_id }}.${rest}`, 'error placeholder-form languages.en_US.body: has {{ order_id }}'],
    [`Order {{Order_id}}.${rest}`, 'which is not among the variables of the template: did you mean "order_id"?'],
    [`Order {{order_id}.${rest}`, 'error placeholder-braces languages.en_US.body: has {{ or }}'],
    [`Order {{1}}.${rest}`, 'has {{1}}: write the exact name'],
  ])('%s is refused', (text, problem) => {
    expect(sms(text).join('\n')).toContain(problem);
  });

  it('and are listed nowhere else', () => {
    expect(sms({ text: `Order {{order_id}}.${rest}`, variables: ['order_id'] })).toEqual([
      'error placeholder-form languages.en_US.body.variables: is for WhatsApp: sms templates name their variables in the text, {{name}}',
    ]);
  });
});

describe('variables', () => {
  it('are used by every language, all of them: senders give one set of values', () => {
    const [english_] = Object.values(whatsappFile().languages as Record<string, object>);
    const german = {
      body: { text: 'Hallo {{1}}, Ihre Bestellung {{2}} ist unterwegs.', variables: ['customer', 'order'] },
    };
    expect(said(whatsappFile({ languages: { en_US: english_, de: german } }))).toEqual([
      'error variable-unused languages.de: does not use "delivery": every language uses all variables',
    ]);
  });

  it.each([
    ['date', '25.10.2026', 'must be a date, for example 2026-10-25'],
    ['date', '2026-02-30', 'must be a date'],
    ['number', '12,5', 'must be a number'],
    ['amount', '12.50', 'must be an amount with its currency, for example 12.50 EUR'],
    ['amount', '12.50 EURO', 'must be an amount'],
    ['url', 'example.com', 'must be a web address'],
  ])(
    'of type %s have a sample of it: "%s" has not ("Parameter Type Mismatch", guide 001, section 1)',
    (type, sample, problem) => {
      const variables = { ...(whatsappFile().variables as object), delivery: { type, sample } };
      expect(said(whatsappFile({ variables }))).toEqual([
        expect.stringContaining(`sample-type variables.delivery.sample: ${problem}`),
      ]);
    },
  );

  it.each([
    ['sample-length', { sample: 'x'.repeat(21), max: 20 }],
    ['sample-characters', { sample: 'a\nb' }],
    ['sample-characters', { sample: '{{1}}' }],
    ['needed', {}],
    ['form', { sample: true }],
  ])('have a sample that could be sent: %s', (rule, order) => {
    const variables = { ...(whatsappFile().variables as object), order };
    expect(said(whatsappFile({ variables })).join()).toContain(`error ${rule} variables.order`);
  });

  it.each([
    ...[
      'SSN',
      'ssn',
      'customerSSN',
      'social_security_number',
      'CreditCardNumber',
      'credit-card',
      'card_number',
      'cardNo',
      'cvv',
    ],
    ...['iban', 'IBAN2', 'customer_iban', 'passport_no', 'dateOfBirth', 'password', 'kreditkartennummer', 'cpf'],
  ])('never carry personal data: {{%s}} is refused in any spelling (guide 002, section 2)', (name) => {
    const problems = said(
      smsFile({ variables: { [name]: { sample: 'x' } } }, { body: `Your data {{${name}}} is here.` }),
    );
    expect(problems.join()).toContain('a template must not carry personal data');
  });

  it.each(['classname', 'caliban', 'company', 'expansion', 'identifier', 'card_type', 'pin_code'])(
    'of innocent names are not refused: %s',
    (name) => {
      expect(
        said(smsFile({ variables: { [name]: { sample: 'x', max: 60 } } }, { body: `Your {{${name}}} is here.` })),
      ).toEqual([]);
    },
  );
});

describe('fallbacks of a file', () => {
  it.each([
    [{ template: 'order_confirmation' }, 'is the template itself'],
    [{ template: 'a', channel: 'sms' }, 'fallbacks[0].sender: is missing: which sender on sms it is sent from'],
    [{ template: 'a', sender: 'alerts' }, 'channel is missing'],
    [{ template: 'a', channel: 'whatsapp', sender: 'b' }, 'is that of the template: leave it out'],
    [{ channel: 'sms', sender: 'b' }, 'fallbacks[0].template: is missing'],
  ])('%j is refused', (fallback, problem) => {
    expect(said(whatsappFile({ fallbacks: [fallback] })).join()).toContain(problem);
  });

  it('name a template once', () => {
    expect(said(whatsappFile({ fallbacks: [{ template: 'a' }, { template: 'a' }] })).join()).toContain(
      'is listed twice',
    );
  });
});
