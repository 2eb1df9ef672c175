import type { TemplateText } from '../witnesses/template-registry.ts';

const file = (name: string, text: string): TemplateText => ({ path: `templates/${name}.yaml`, text });

/** A WhatsApp template with the variable `order`, and what stands in for it. */
export const whatsappTemplate = (name: string, more = ''): TemplateText =>
  file(
    name,
    `name: ${name}
channel: whatsapp
category: UTILITY
variables:
  order: { sample: ORD-12345, max: 40 }
languages:
  en_US:
    body: { text: 'Your order {{1}} is on its way today.', variables: [order] }
    buttons:
      - { kind: reply, title: Check order status, payload: CHECK_ORDER }
${more}`,
  );

export const smsTemplate = (name: string): TemplateText =>
  file(
    name,
    `name: ${name}
channel: sms
variables:
  order: { sample: ORD-12345, max: 40 }
languages:
  en_US:
    body: 'Order {{order}} is on its way.'
`,
  );

/** As a campaign sends it. */
const newsTemplate = (name: string, more = ''): TemplateText =>
  file(
    name,
    `name: ${name}
channel: whatsapp
category: MARKETING
variables:
  order: { sample: ORD-12345, max: 40 }
  customer: { sample: Ada, max: 60 }
languages:
  en_US:
    body: { text: 'News about {{1}} for {{2}}. Reply STOP to opt out.', variables: [order, customer] }
${more}`,
  );

/** The first falls back to the second, which has nothing to fall back to. */
export const NEWS_TEMPLATES: readonly TemplateText[] = [
  newsTemplate('spring_news', 'fallbacks:\n  - template: spring_news_short\n'),
  newsTemplate('spring_news_short'),
];

/** The first falls back to the others, one after the other. */
export const ORDER_TEMPLATES: readonly TemplateText[] = [
  whatsappTemplate(
    'order_shipped',
    `fallbacks:
  - template: order_shipped_short
  - { template: order_shipped_sms, channel: sms, sender: alerts }
`,
  ),
  whatsappTemplate('order_shipped_short'),
  smsTemplate('order_shipped_sms'),
];

const LANGUAGES = ['en_US', 'de_DE', 'fr_FR', 'es_ES', 'it_IT'];

/** So many templates in five languages. */
export const manyTemplates = (prefix: string, count: number): TemplateText[] =>
  Array.from({ length: count }, (_, index) => {
    const name = `${prefix}_${index + 1}`;
    const body = `    body: { text: 'Your order {{1}} is on its way today.', variables: [order] }`;
    const languages = LANGUAGES.map((language) => `  ${language}:\n${body}\n`).join('');
    const variables = 'variables:\n  order: { sample: ORD-12345, max: 40 }\n';
    return file(name, `name: ${name}\nchannel: whatsapp\ncategory: UTILITY\n${variables}languages:\n${languages}`);
  });
