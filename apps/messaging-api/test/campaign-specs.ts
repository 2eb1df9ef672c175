import type { TemplateDefinition } from '@heliograph/contracts';
import type { Answer, Call, StartedApi } from '../fixtures/started-api.ts';
import { orderConfirmation } from './applied-templates.ts';

/** A template of acme for SMS: one text, in two languages. */
export const orderSms = (given: Partial<TemplateDefinition> = {}): TemplateDefinition =>
  orderConfirmation({
    name: 'order_sms',
    providerName: 'order_sms',
    channel: 'sms',
    category: undefined,
    variables: [{ name: 'order', type: 'text', max: 20, sample: 'ORD-1' }],
    languages: [
      { language: 'en_US', body: { text: 'Your order {{order}} is here.', variables: ['order'] } },
      { language: 'de', body: { text: 'Ihre Bestellung {{order}} ist da.', variables: ['order'] } },
    ],
    ...given,
  });

export const campaignRequest = (over: object = {}): object => ({
  name: 'Order news',
  channel: 'sms',
  sender: 'alerts',
  template: { name: 'order_sms', language: 'en_US' },
  variables: { order: { column: 'order' } },
  columns: { address: 'phone' },
  country: 'US',
  ...over,
});

/** @throws Error when it is not created */
export async function createCampaign(api: StartedApi, over: object = {}): Promise<string> {
  const { status, text, json } = await api.call('POST', '/v1/campaigns', campaignRequest(over), {
    key: crypto.randomUUID(),
  });
  if (status !== 201) throw new Error(`${status}: ${text}`);
  return json.campaignId as string;
}

export function upload(
  api: StartedApi,
  campaignId: string,
  file: string | Uint8Array,
  { type = 'text/csv', query = '', ...options }: Call & { type?: string; query?: string } = {},
): Promise<Answer> {
  const headers = { 'content-type': type };
  return api.call('POST', `/v1/campaigns/${campaignId}/recipients${query}`, file, { headers, ...options });
}
