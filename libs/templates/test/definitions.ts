import { languageOf, type TemplateDefinition, type TemplateState, type TemplateVariable } from '@heliograph/contracts';

export const APPLIED_AT = '2026-03-01T08:00:00.000Z';

export const variable = (name: string, given: Partial<TemplateVariable> = {}): TemplateVariable => ({
  name,
  type: 'text',
  max: 60,
  sample: 'Sample',
  ...given,
});

/** The template of guide 001, section 1, with two buttons. */
export const orderConfirmation = (given: Partial<TemplateDefinition> = {}): TemplateDefinition => ({
  tenant: 'acme',
  account: 'acme-genesys',
  name: 'order_confirmation',
  version: 1,
  providerName: 'order_confirmation',
  channel: 'whatsapp',
  category: 'UTILITY',
  variables: [
    variable('customer', { sample: 'Customer' }),
    variable('order', { max: 20, sample: 'ORD-12345' }),
    variable('delivery', { type: 'date', max: 10, sample: '2026-10-25' }),
  ],
  languages: ['en_US', 'de'].map((language) => ({
    language,
    header: { text: 'Order #{{1}}', variables: ['order'] },
    body: {
      text: 'Hi {{1}}, your order {{2}} is confirmed. Estimated delivery: {{3}}.',
      variables: ['customer', 'order', 'delivery'],
    },
    footer: 'Reply STOP to opt-out.',
    buttons: [
      { kind: 'reply', title: 'Check Order Status', payload: 'CHECK_ORDER' },
      { kind: 'url', title: 'Track', url: 'https://track.example.com/{{1}}', variable: 'order' },
    ],
  })),
  fallbacks: [],
  emoji: 'keep',
  appliedAt: APPLIED_AT,
  ...given,
});

/** The template of guide 002, section 2. */
export const orderSms = (given: Partial<TemplateDefinition> = {}): TemplateDefinition => ({
  tenant: 'acme',
  account: 'acme-genesys',
  name: 'order_sms',
  version: 1,
  providerName: 'order_sms',
  channel: 'sms',
  variables: [variable('order', { max: 20, sample: 'ORD-12345' })],
  languages: ['en_US', 'de'].map((language) => ({
    language,
    body: { text: 'Your order {{order}} has shipped.', variables: ['order'] },
  })),
  fallbacks: [],
  emoji: 'text',
  appliedAt: APPLIED_AT,
  ...given,
});

/** What the provider says of a definition in en_US. */
export const stateOf = (
  definition: TemplateDefinition,
  status: TemplateState['status'],
  given: Partial<TemplateState> = {},
): TemplateState => {
  const language = languageOf(definition, given.language ?? 'en_US')!;
  return {
    tenant: definition.tenant,
    account: definition.account,
    name: definition.providerName,
    language: language.language,
    channel: definition.channel,
    status,
    providerTemplateId: `id-${definition.providerName}`,
    parameterCount: language.body.variables.length,
    headerParameterCount: language.header?.variables.length ?? 0,
    checkedAt: APPLIED_AT,
    ...given,
  };
};
