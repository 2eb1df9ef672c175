import type { TemplateDefinition } from '@heliograph/contracts';

const owner = { tenant: 'acme', account: 'acme-genesys', fallbacks: [], emoji: 'keep' as const };
const appliedAt = '2026-03-01T08:00:00.000Z';
const text = (name: string, sample: string) => ({ name, type: 'text' as const, max: 60, sample });

/** The template of guide 001, section 1. */
export const orderConfirmation: TemplateDefinition = {
  ...owner,
  name: 'order_confirmation',
  version: 2,
  providerName: 'order_confirmation_v2',
  channel: 'whatsapp',
  category: 'UTILITY',
  variables: [
    text('header_order', 'ORD-00000'),
    text('customer', 'Customer'),
    text('order', 'ORD-12345'),
    { name: 'delivery', type: 'date', max: 10, sample: '2023-10-25' },
  ],
  languages: [
    {
      language: 'en_US',
      header: { text: 'Order #{{1}}', variables: ['header_order'] },
      body: {
        text: 'Hi {{1}}, your order {{2}} is confirmed. Estimated delivery: {{3}}.',
        variables: ['customer', 'order', 'delivery'],
      },
      footer: 'Reply STOP to opt-out.',
    },
  ],
  appliedAt,
};

/** The template of guide 001, section 4. */
export const supportMenu: TemplateDefinition = {
  ...owner,
  name: 'support_menu_v1',
  version: 1,
  providerName: 'support_menu_v1',
  channel: 'whatsapp',
  category: 'UTILITY',
  variables: [],
  languages: [
    {
      language: 'en_US',
      body: { text: 'How can we help you today?', variables: [] },
      buttons: [
        { kind: 'reply', title: 'Check Order Status', payload: 'PAYLOAD_CHECK_ORDER' },
        { kind: 'reply', title: 'Talk to an Agent', payload: 'PAYLOAD_SPEAK_AGENT' },
      ],
    },
  ],
  appliedAt,
};

/** The template of guide 002, section 2; in a language that its name does not tell. */
export const orderShipped: TemplateDefinition = {
  ...owner,
  name: 'order_shipped',
  version: 1,
  providerName: 'OrderShipmentNotification',
  channel: 'sms',
  variables: [text('order_id', 'ORD-1'), text('tracking_link', 'https://track.example.com/1')],
  languages: [
    {
      language: 'und',
      body: {
        text: 'Your order {{order_id}} has shipped. Track at {{tracking_link}}.',
        variables: ['order_id', 'tracking_link'],
      },
    },
  ],
  appliedAt,
};
