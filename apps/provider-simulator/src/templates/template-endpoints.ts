import { accountEndpoint, type AccountCall } from '../accounts/account-endpoint.ts';
import type { Endpoint } from '../exchange/endpoint.ts';
import { notFound, Refusal } from '../exchange/refusal.ts';
import { newTemplate } from './template-shapes.ts';

const TEMPLATES = '/api/v2/messaging/providers/:providerId/templates';

/** Guide 001 §1 and §2. */
export const templateEndpoints: Endpoint[] = [
  accountEndpoint({
    method: 'GET',
    path: '/api/v2/messaging/providers',
    scope: 'messaging:provider:read',
    handle: ({ account }) => ({ status: 200, body: { entities: account.templates.providers } }),
  }),
  accountEndpoint({
    method: 'GET',
    path: TEMPLATES,
    scope: 'messaging:template:read',
    handle: (call) => {
      knownProvider(call);
      return { status: 200, body: { entities: call.account.templates.list() } };
    },
  }),
  accountEndpoint({
    method: 'GET',
    path: `${TEMPLATES}/:templateId`,
    scope: 'messaging:template:read',
    handle: (call) => {
      knownProvider(call);
      const id = call.incoming.param('templateId');
      const template = call.account.templates.byId(id);
      if (!template) throw notFound(`template ${JSON.stringify(id)} does not exist`);
      return { status: 200, body: template };
    },
  }),
  accountEndpoint({
    method: 'POST',
    path: TEMPLATES,
    scope: 'messaging:template:write',
    handle: (call) => {
      knownProvider(call);
      const definition = newTemplate(call.incoming.json(), '');
      const { templates } = call.account;
      if (templates.find(definition.name, definition.language)) {
        throw new Refusal(409, 'template.exists', 'name: exists already in this language');
      }
      const template = templates.create(definition);
      call.world.templateDesk.submitted(call.account, template);
      return { status: 201, body: template };
    },
  }),
];

function knownProvider({ account, incoming }: AccountCall): void {
  const id = incoming.param('providerId');
  if (account.templates.providers.some((provider) => provider.id === id)) return;
  throw notFound(`provider ${JSON.stringify(id)} does not exist`);
}
