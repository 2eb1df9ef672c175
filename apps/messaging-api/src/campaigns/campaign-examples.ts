/** Requests of the API page; each of them would be accepted where the names in it are there. */
export const CREATE_EXAMPLES = {
  small: {
    summary: 'An SMS to everybody in a file',
    value: {
      name: 'Order news',
      channel: 'sms',
      sender: 'alerts',
      template: { name: 'order_sms', language: 'en_US' },
      variables: { order: { column: 'order' } },
      columns: { address: 'phone' },
      country: 'US',
    },
  },
  limited: {
    summary: 'WhatsApp, with everything that can be said',
    value: {
      name: 'Spring sale',
      channel: 'whatsapp',
      sender: 'support',
      template: { name: 'order_confirmation', language: 'en_US' },
      variables: { customer: { column: 'first name' }, order: { column: 'order' }, delivery: { value: '2030-03-01' } },
      columns: { address: 'phone', externalId: 'crm id', language: 'lang', timeZone: 'tz' },
      country: 'DE',
      perMinute: 600,
      frequencyCap: { messages: 3, perSeconds: 604_800 },
    },
  },
};

const file = (summary: string, value: string) => ({
  schema: { type: 'string' as const },
  examples: { file: { summary, value } },
});

/** By content type. */
export const FILE_EXAMPLES = {
  'text/csv': file(
    'A header and two rows',
    'phone,name,crm id\n+15550001234,Zoë,"003/Ω ""x"""\n(555) 000-1235,Jan,A-17\n',
  ),
  'application/x-ndjson': file(
    'An object on every line',
    '{"phone":"+15550001236","name":"Zoë"}\n{"phone":"(555) 000-1237","name":"Jan"}\n',
  ),
};
