import {
  EVENTS,
  definitionKey,
  type SendMessage,
  type TemplateDefinition,
  type TemplateState,
} from '@heliograph/contracts';
import { newEvent } from '@heliograph/kafka';
import { waitFor } from '@heliograph/testing';
import { TemplateTable } from '../src/templates/template-table.ts';
import type { DispatcherBench } from './dispatcher-bench.ts';

const variable = (name: string, max = 60) => ({ name, type: 'text' as const, max, sample: 'x' });

/** `Order #{{1}}` over `Hi {{1}}, your order {{2}} is confirmed.`, in English. */
export function definitionOf(
  account: string,
  name: string,
  over: Partial<TemplateDefinition> = {},
): TemplateDefinition {
  const version = over.version ?? 1;
  return {
    ...{ tenant: 'acme', account, name, version, channel: 'whatsapp', category: 'UTILITY' },
    providerName: version === 1 ? name : `${name}_v${version}`,
    variables: [variable('customer'), variable('order', 20)],
    languages: [
      {
        language: 'en',
        header: { text: 'Order #{{1}}', variables: ['order'] },
        body: { text: 'Hi {{1}}, your order {{2}} is confirmed.', variables: ['customer', 'order'] },
      },
    ],
    fallbacks: [],
    emoji: 'keep',
    appliedAt: new Date().toISOString(),
    ...over,
  };
}

/** `Hi {{1}}.`: less than the template that it stands in for. */
export const shortOf = (account: string, name: string, over: Partial<TemplateDefinition> = {}): TemplateDefinition =>
  definitionOf(account, name, {
    variables: [variable('customer')],
    languages: [{ language: 'en', body: { text: 'Hi {{1}}.', variables: ['customer'] } }],
    ...over,
  });

/** `Your order {{order}} is confirmed.`, by SMS. */
export const smsOf = (account: string, name: string, over: Partial<TemplateDefinition> = {}): TemplateDefinition => {
  const { category: _, ...definition } = definitionOf(account, name, {
    channel: 'sms',
    variables: [variable('order', 20)],
    languages: [{ language: 'en', body: { text: 'Your order {{order}} is confirmed.', variables: ['order'] } }],
    ...over,
  });
  return definition;
};

/** `Order {{order}}` over `Your order {{order}} is confirmed.`, by e-mail. */
export const emailOf = (account: string, name: string): TemplateDefinition => {
  const body = { text: 'Your order {{order}} is confirmed.', variables: ['order'] };
  return smsOf(account, name, {
    channel: 'email',
    languages: [{ language: 'en', subject: { text: 'Order {{order}}', variables: ['order'] }, body }],
  });
};

export const VALUES = { customer: 'Jana', order: 'A-1' };

/** Content of a template by name, with the values that `definitionOf` wants. */
export const named = (name: string, variables: Record<string, unknown> = VALUES): SendMessage['content'] => ({
  type: 'template',
  name,
  language: 'en',
  variables,
});

/** Publishes definitions and what the provider says of them, and waits until the dispatcher knows. */
export class TemplateFiles {
  constructor(private readonly bench: DispatcherBench) {}

  get table(): TemplateTable {
    return this.bench.service.app.get(TemplateTable);
  }

  async apply(...definitions: TemplateDefinition[]): Promise<void> {
    const { templateDefinition: contract } = EVENTS;
    const events = definitions.map((data) => {
      const key = definitionKey(data);
      return {
        contract,
        event: newEvent(contract, { id: key, key, data, tenant: 'acme', source: '/heliograph/spec' }),
      };
    });
    await this.bench.publishEvents(events);
    for (const definition of definitions)
      await this.becomes(definition, definition.channel === 'whatsapp' ? 'APPROVED' : 'PUBLISHED');
  }

  async becomes(
    definition: TemplateDefinition,
    status: TemplateState['status'],
    rejectionReason?: string,
  ): Promise<void> {
    const state = stateOf(definition, status, rejectionReason);
    await this.bench.template(state);
    const sees = () =>
      this.table.catalogue.state(state)?.status === status &&
      this.table.catalogue.versions(definition).some(({ version }) => version === definition.version);
    await waitFor(sees, { description: `${definition.name} is ${status}` });
  }
}

export function stateOf(
  definition: TemplateDefinition,
  status: TemplateState['status'],
  rejectionReason?: string,
): TemplateState {
  const { tenant, account, name, version, providerName, channel } = definition;
  const [{ language, header, body }] = definition.languages as [TemplateDefinition['languages'][number]];
  return {
    ...{ tenant, account, language, channel, status, version, name: providerName, definition: name },
    providerTemplateId: `tpl-${providerName}`,
    parameterCount: body.variables.length,
    headerParameterCount: header?.variables.length ?? 0,
    checkedAt: new Date().toISOString(),
    ...(rejectionReason && { rejectionReason }),
  };
}
