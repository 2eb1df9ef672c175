const whatsapp = { channel: 'whatsapp', sender: 'support', to: '+15550001234' };
const sms = { channel: 'sms', sender: 'alerts', to: '+15550001234' };
const choices = [
  { label: 'Billing', value: 'billing_inquiry' },
  { label: 'Technical support', value: 'tech_support' },
  { label: 'Speak to agent', value: 'transfer_to_agent' },
];
const quickReply = { title: 'How can we help you today?', choices };
const invoice = { url: 'https://files.example.com/invoice.pdf', caption: 'Your invoice' };
const template = { name: 'order_update', language: 'en_US', parameters: ['12345', 'tomorrow'] };
const named = {
  name: 'order_confirmation',
  language: 'en_US',
  variables: { customer: 'Jana', order: 'ORD-98765', delivery: '2026-11-01' },
};

/** Requests for the API page: one of each content, and the policies. Each of them is valid, that of a template where its file was applied. */
export const SEND_EXAMPLES = {
  text: { summary: 'Free text on WhatsApp', value: { ...whatsapp, text: 'Your order has been shipped.' } },
  template: {
    summary: 'An approved template',
    value: { ...whatsapp, template, expiresAt: '2099-01-31T18:00:00Z' },
  },
  namedTemplate: {
    summary: 'A template of the files, with a value for each of its variables',
    value: { ...whatsapp, template: named },
  },
  sms: { summary: 'An SMS', value: { ...sms, text: 'Your code is 1234.' } },
  split: {
    summary: 'A text that becomes several SMS when it is too long for one',
    value: { ...sms, text: 'Your order has been shipped.', ifUnsupported: 'split' },
  },
  image: { summary: 'A picture', value: { ...whatsapp, image: { url: 'https://files.example.com/shoes.jpg' } } },
  audio: { summary: 'A voice note', value: { ...whatsapp, audio: { url: 'https://files.example.com/note.ogg' } } },
  video: {
    summary: 'A film, on WhatsApp as a link to it',
    value: { ...whatsapp, video: { url: 'https://files.example.com/tour.mp4' }, ifUnsupported: 'degrade' },
  },
  file: { summary: 'A file', value: { ...whatsapp, file: invoice } },
  attachments: {
    summary: 'Several files, each a message of its own',
    value: {
      ...whatsapp,
      attachments: [
        { type: 'file', ...invoice },
        { type: 'image', url: 'https://files.example.com/shoes.jpg' },
      ],
    },
  },
  quickReply: { summary: 'Answers to choose from', value: { ...whatsapp, quickReply } },
  numbered: {
    summary: 'Answers to choose from, as SMS a numbered list',
    value: { ...sms, quickReply, ifUnsupported: 'degrade' },
  },
  card: {
    summary: 'A card with buttons',
    value: {
      ...whatsapp,
      card: {
        title: 'New Product Launch',
        subtitle: 'Check out our latest features.',
        imageUrl: 'https://files.example.com/product.jpg',
        actions: [{ type: 'postback', title: 'Learn More', payload: 'learn_more_product_123' }],
      },
    },
  },
  location: {
    summary: 'A place',
    value: { ...whatsapp, location: { latitude: 52.516, longitude: 13.378, label: 'Our shop' } },
  },
  canned: {
    summary: 'A canned response',
    value: { ...whatsapp, canned: { name: 'greeting', variables: { customer: 'Jana', agent: 'Kim' } } },
  },
  hold: {
    summary: 'Held until the contact writes again',
    value: {
      ...whatsapp,
      text: 'Your order has been shipped.',
      ifWindowClosed: 'hold',
      windowTemplate: template,
      expiresAt: '2099-01-31T18:00:00Z',
    },
  },
  typed: {
    summary: 'A content that says its own type',
    value: { ...whatsapp, content: { type: 'quick-reply', ...quickReply } },
  },
};
