/** The tenant of everything here. */
export const TENANT = 'acme';
/** A queue that no sender stands for: conversations get there by a reply. */
export const BILLING_QUEUE = 'a1b2c3d4-0000-4000-8000-000000000003';

export const TEMPLATES = [
  {
    name: 'order_update',
    language: 'en_US',
    components: [{ type: 'BODY', text: 'Your order {{1}} arrives {{2}}.' }],
  },
];

/** One of each action. */
export const CONTENT_FILTERS = [
  { tenant: TENANT, name: 'payment-cards', action: 'block', patterns: ['\\b\\d{4}[ -]\\d{4}[ -]\\d{4}[ -]\\d{4}\\b'] },
  { tenant: TENANT, name: 'profanity', action: 'mask', words: ['darn', 'go to hell'] },
  { tenant: TENANT, name: 'promises', action: 'flag', words: ['guaranteed'] },
];

export const CANNED_RESPONSES = [
  { tenant: TENANT, name: 'greeting', text: 'Hello {{customer}}, this is {{agent}}. How can I help?' },
  { tenant: TENANT, name: 'goodbye', text: 'Thank you for writing to us. Have a good day!' },
];

/** What replies to buttons stand for: a queue with skills, a name for programs, whoever had the conversation last. */
export const REPLY_ROUTES = [
  { tenant: TENANT, payload: 'ask_billing', queueId: BILLING_QUEUE, skills: [{ id: 'billing', level: 1 }] },
  { tenant: TENANT, prefix: 'show:', action: 'show-products' },
  { tenant: TENANT, payload: 'same_agent', lastAgent: true },
  // Of the button in templates/order_confirmation.yaml.
  { tenant: TENANT, payload: 'CHECK_ORDER', action: 'order-status' },
];

/** What is answered to keywords. */
export const CONSENT = [
  {
    tenant: TENANT,
    replies: [
      {
        language: 'en',
        optOut: 'You will get no more messages from us. Reply START to get them again.',
        optIn: 'You will get messages from us again. Reply STOP to end them.',
        help: 'Acme: call +1 555 000 1000. Reply STOP to get no more messages.',
      },
      { language: 'de', optOut: 'Sie erhalten keine Nachrichten mehr von uns. START schaltet sie wieder ein.' },
    ],
  },
];
