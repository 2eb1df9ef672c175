/** Template files as data; YAML takes JSON, so `JSON.stringify` makes a file of it. */
type Fields = Readonly<Record<string, unknown>>;

/** The template of guide 001, section 1, in English. */
export const whatsappFile = (fields: Fields = {}, english: Fields = {}): Fields => ({
  name: 'order_confirmation',
  channel: 'whatsapp',
  category: 'UTILITY',
  variables: {
    customer: { sample: 'Customer', max: 60 },
    order: { sample: 'ORD-12345', max: 20 },
    delivery: { type: 'date', sample: '2026-10-25' },
  },
  languages: {
    en_US: {
      header: { text: 'Order #{{1}}', variables: ['order'] },
      body: {
        text: 'Hi {{1}}, your order {{2}} is confirmed. Estimated delivery: {{3}}.',
        variables: ['customer', 'order', 'delivery'],
      },
      footer: 'Reply STOP to opt-out.',
      ...english,
    },
  },
  ...fields,
});

/** The template of guide 002, section 2. */
export const smsFile = (fields: Fields = {}, english: Fields = {}): Fields => ({
  name: 'OrderShipmentNotification',
  channel: 'sms',
  variables: {
    order_id: { sample: 'ORD-12345', max: 20 },
    tracking_link: { type: 'url', sample: 'https://track.example.com/1', max: 100 },
  },
  languages: { en_US: { body: 'Your order {{order_id}} has shipped. Track at {{tracking_link}}.', ...english } },
  ...fields,
});

export const mailFile = (fields: Fields = {}, english: Fields = {}): Fields => ({
  name: 'order_mail',
  channel: 'email',
  variables: { order: { sample: 'ORD-12345' } },
  languages: { en_US: { subject: 'Order {{order}}', body: 'Your order {{order}} has shipped.', ...english } },
  ...fields,
});
