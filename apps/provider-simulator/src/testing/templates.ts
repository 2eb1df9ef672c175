import { CUSTOMER } from './running.ts';

export const TEMPLATES = '/api/v2/messaging/providers/provider-whatsapp/templates';
export const MESSAGING_TEMPLATES = '/api/v2/messaging/templates';
export const AGENTLESS = '/api/v2/messaging/conversations';

const parameter = (value: string) => ({ type: 'TEXT', text: { default: value } });

/** Guide 001 §1, with a link and replies as well. */
export function templateBody() {
  return {
    name: 'order_confirmation_v2',
    language: 'en_US',
    category: 'UTILITY',
    components: [
      { type: 'HEADER', format: 'TEXT', text: 'Order #{{1}}', parameters: [parameter('ORD-00000')] },
      {
        type: 'BODY',
        text: 'Hi {{1}}, your order {{2}} is confirmed. Estimated delivery: {{3}}.',
        parameters: [parameter('Customer'), parameter('ORD-12345'), { type: 'DATE', date: { default: '2023-10-25' } }],
      },
      { type: 'FOOTER', text: 'Reply STOP to opt-out.' },
      {
        type: 'BUTTONS',
        buttons: [
          { type: 'REPLY', reply: { id: 'PAYLOAD_CHECK_ORDER', title: 'Check Order Status' } },
          { type: 'REPLY', reply: { id: 'PAYLOAD-SPEAK-AGENT', title: 'Talk to an Agent' } },
          {
            type: 'URL',
            url: { title: 'Track', url: 'https://track.example.com/{{1}}', parameters: [parameter('ORD-1')] },
          },
          { type: 'PHONE_NUMBER', phone_number: { title: 'Call', phone_number: '+15550009876' } },
          { type: 'COPY_CODE', copy_code: { title: 'Copy', code: '25OFF' } },
        ],
      },
    ],
  };
}

/** Guide 002 §2. */
export function smsTemplateBody() {
  return {
    name: 'OrderShipmentNotification',
    type: 'sms',
    body: 'Your order {{order_id}} has shipped. Track at {{tracking_link}}.',
    status: 'PUBLISHED',
  };
}

/** Guide 001 §3, to {@link templateBody}. */
export function whatsappSend() {
  return {
    label: 'order_confirmation_flow',
    participant: { address: { phoneNumber: CUSTOMER, channelType: 'whatsapp' } },
    messages: [
      {
        type: 'whatsapp_template',
        templateName: 'order_confirmation_v2',
        language: 'en_US',
        parameters: ['ORD-98765', 'John Doe', 'ORD-98765', '2023-11-01', 'ORD-98765'],
      },
    ],
  };
}

/** Guide 002 §3. */
export function smsSend(templateId: string) {
  return {
    conversationType: 'sms',
    addresses: [{ channelType: 'SMS', address: CUSTOMER }],
    templateId,
    body: { order_id: 'ORD-998877', tracking_link: 'https://track.example.com/998877' } as Record<string, string>,
  };
}

/** Accounts with the templates of the two guides, approved and published. */
export const seeded = {
  templates: [{ ...templateBody(), id: 'tpl-1', status: 'APPROVED' }],
  messagingTemplates: [{ ...smsTemplateBody(), id: 'sms-1' }],
};
