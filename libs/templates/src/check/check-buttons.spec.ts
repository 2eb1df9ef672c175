import { describe, expect, it } from '@jest/globals';
import { mailFile, smsFile, whatsappFile } from '../../test/files.ts';
import { said } from '../../test/said.ts';

const english = (fields: object) => whatsappFile({}, { ...fields });
/** With a body that speaks of an order, and uses no variable. */
const bare = (fields: object, more: object = {}) =>
  whatsappFile({ variables: {}, ...more }, { header: undefined, body: 'Your order is on its way.', ...fields });
const reply = (payload: string, title = payload.slice(0, 25)) => ({ kind: 'reply', title, payload });
const link = (url: string, more: object = {}) => ({ kind: 'url', title: 'Open', url, ...more });

describe('components on WhatsApp (provider-apis 4)', () => {
  it.each([
    [
      'a header of 61',
      { header: 'x'.repeat(61) },
      'error length languages.en_US.header: has 61 characters; at most 60',
    ],
    [
      'a footer of 61',
      { footer: 'x'.repeat(61) },
      'error length languages.en_US.footer: has 61 characters; at most 60',
    ],
    ['a body of 1025', { body: 'x'.repeat(1025) }, 'has 1025 characters; a body on WhatsApp at most 1024'],
    ['a header of two lines', { header: 'a\nb' }, 'error header-line'],
    ['a footer with a placeholder', { footer: 'Bye {{1}}' }, 'error footer-variables'],
    ['a subject', { subject: 'Hello' }, 'error channel-field languages.en_US.subject: is for email, not for whatsapp'],
  ])('may not be %s', (_, fields, problem) => {
    expect(said(bare(fields)).join()).toContain(problem);
  });

  it('may be as long as they may be, in characters', () => {
    expect(said(bare({ header: '👍'.repeat(60), footer: 'x'.repeat(60), body: `order ${'é'.repeat(1018)}` }))).toEqual(
      [],
    );
  });

  it('with two placeholders in the header are refused', () => {
    const header = { text: '{{1}} for {{2}}', variables: ['order', 'customer'] };
    expect(said(english({ header })).join()).toContain(
      'error header-variables languages.en_US.header.text: has 2 placeholders',
    );
  });
});

describe('buttons (guide 001, section 4; provider-apis 4)', () => {
  const buttons = (...given: object[]) => said(bare({ buttons: given }));
  const desktop = expect.stringContaining('warning button-desktop languages.en_US.buttons');

  it.each([
    ['a title of 26', [{ ...reply('A'), title: 'x'.repeat(26) }], 'has 26 characters; at most 25'],
    ['a title with a placeholder', [reply('A', 'Hi {{1}}')], 'error button-title'],
    [
      'two titles that are the same',
      [reply('A', 'Yes'), reply('B', 'Yes')],
      'error button-twice languages.en_US.buttons[1].title',
    ],
    [
      'three links',
      [link('https://a.test'), link('https://b.test'), link('https://c.test')],
      'has 3 url buttons; at most 2',
    ],
    [
      'two phones',
      [1, 2].map((n) => ({ kind: 'phone', title: `${n}`, phone: '+15550051310' })),
      'has 2 phone buttons; at most 1',
    ],
    ['two codes', [1, 2].map((n) => ({ kind: 'copy-code', title: `${n}`, code: '25OFF' })), 'has 2 copy-code buttons'],
    ['a code of 16', [{ kind: 'copy-code', title: 'a', code: 'x'.repeat(16) }], 'has 16 characters; at most 15'],
    ['a phone of 21', [{ kind: 'phone', title: 'a', phone: '+'.repeat(21) }], 'has 21 characters; at most 20'],
    ['a phone that is none', [{ kind: 'phone', title: 'a', phone: 'call us' }], 'error button-phone'],
    ['replies that do not stand together', [reply('A'), link('https://a.test'), reply('B')], 'error button-grouping'],
    [
      'a reply without payload',
      [{ kind: 'reply', title: 'a' }],
      'buttons[0].payload: is missing: a reply button needs it',
    ],
    ['a field of another kind', [{ ...reply('A'), url: 'https://a.test' }], 'buttons[0].url: is not for reply buttons'],
  ])('may not have %s', (_, given, problem) => {
    expect(buttons(...given).join('\n')).toContain(problem);
  });

  it.each([
    ['ftp://a.test/{{1}}', 'is no web address'],
    ['https://a.test/a b', 'is no web address'],
    ['https://a.test/{{1}}/more', 'at its end'],
    ['https://a.test/{{2}}', 'at its end'],
    ['https://a.test/{{1}}{{1}}', 'at its end'],
    ['https://a.test{{1}}', 'in the host: a value could lead customers anywhere'],
    [`https://a.test/${'x'.repeat(1986)}`, 'has 2001 characters; at most 2000'],
  ])('link to one address: %.40s is refused', (url, problem) => {
    expect(said(english({ buttons: [link(url, { variable: 'order' })] })).join()).toContain(problem);
  });

  it('say what the placeholder of a link stands for, and only then', () => {
    expect(buttons(link('https://a.test/{{1}}')).join()).toContain('buttons[0].variable: is missing');
    expect(buttons(link('https://a.test', { variable: 'order' })).join()).toContain(
      'stands for nothing: the url has no {{1}}',
    );
    expect(said(english({ buttons: [link('https://a.test/{{1}}', { variable: 'oder' })] })).join()).toContain(
      'did you mean "order"?',
    );
    expect(said(english({ buttons: [link('https://a.test/{{1}}', { variable: 'order' })] }))).toEqual([]);
  });

  it('more than three, or of several kinds, are doubted: a desktop does not show them', () => {
    expect(buttons(...['A', 'B', 'C'].map((one) => reply(one)))).toEqual([]);
    expect(buttons(...['A', 'B', 'C', 'D'].map((one) => reply(one)))).toEqual([desktop]);
    expect(buttons(reply('A'), link('https://a.test'))).toEqual([desktop]);
    expect(buttons(...Array.from({ length: 10 }, (_, n) => reply(`A${n}`)))).toEqual([desktop]);
  });

  it.each([
    ['A'.repeat(257), 'or more than 256'],
    ['check order', 'has other characters'],
    ['check"order', 'has other characters'],
    ['jana@example.com', 'has other characters'],
    ['call_491701234567', 'looks like a telephone or card number'],
    ['card-4111-1111-1111-1111', 'looks like a telephone or card number'],
    ['jana_at_example_com', 'looks like a mail address'],
  ])('have payloads that survive webhooks and say nothing of the customer: %.30s is refused', (payload, problem) => {
    expect(buttons({ kind: 'reply', title: 'a', payload }).join()).toContain(problem);
  });

  it('have payloads that come once only, and in every language', () => {
    expect(buttons(reply('A', 'Yes'), reply('A', 'No')).join()).toContain(
      'error button-twice languages.en_US.buttons[1].payload',
    );
    const languages = {
      en: { body: 'Your order.', buttons: [reply('A')] },
      de: { body: 'Ihre Bestellung.', buttons: [reply('B')] },
    };
    expect(said(whatsappFile({ variables: {}, languages }))).toEqual([
      'warning payload-languages languages.de.buttons: de has no reply button with A, which en has',
      'warning payload-languages languages.de.buttons: en has no reply button with B, which de has',
    ]);
  });
});

describe('an SMS (guide 002; provider-apis 4)', () => {
  it('has a body and nothing else', () => {
    expect(said(smsFile({}, { header: 'a', footer: 'b', buttons: [reply('A')] }))).toEqual(
      ['header', 'footer', 'buttons'].map(
        (part) => `error channel-field languages.en_US.${part}: is for whatsapp, not for sms`,
      ),
    );
  });

  it('is of five segments at most; what values may make longer is doubted', () => {
    const rest = '{{order_id}} {{tracking_link}}';
    expect(said(smsFile({}, { body: 'x'.repeat(765) + rest })).join()).toContain(
      'has 766 characters; an SMS at most 765',
    );
    expect(said(smsFile({}, { body: 'x'.repeat(700) + rest }))).toEqual([
      expect.stringContaining('warning sms-length languages.en_US.body: may have up to 821 characters'),
    ]);
  });
});

describe('an e-mail', () => {
  it('has a subject', () => {
    expect(said(mailFile({}, { subject: undefined }))).toEqual([
      'error needed languages.en_US.subject: is missing: an e-mail has one',
    ]);
  });
});
