import { accountEndpoint } from '../accounts/account-endpoint.ts';
import type { Endpoint } from '../exchange/endpoint.ts';
import { notFound, Refusal } from '../exchange/refusal.ts';
import { newMessagingTemplate } from './messaging-templates.ts';

const TEMPLATES = '/api/v2/messaging/templates';
/** The guides do not agree on how they are called: the second ones are those of guide 002. */
const READ = ['messaging:template:read', 'messaging:templates:read'];
const WRITE = ['messaging:template:write', 'messaging:templates:write'];

/** Guide 002 §2 and edge case 3; the list is assumed. */
export const messagingTemplateEndpoints: Endpoint[] = [
  accountEndpoint({
    method: 'GET',
    path: TEMPLATES,
    scope: READ,
    handle: ({ account }) => ({ status: 200, body: { entities: account.messagingTemplates.list() } }),
  }),
  accountEndpoint({
    method: 'GET',
    path: `${TEMPLATES}/:templateId`,
    scope: READ,
    handle: ({ account, incoming }) => {
      const id = incoming.param('templateId');
      const template = account.messagingTemplates.byId(id);
      if (!template) throw notFound(`template ${JSON.stringify(id)} does not exist`);
      return { status: 200, body: template };
    },
  }),
  accountEndpoint({
    method: 'POST',
    path: TEMPLATES,
    scope: WRITE,
    handle: ({ account, incoming }) => {
      const definition = newMessagingTemplate(incoming.json(), '');
      if (account.messagingTemplates.find(definition.name)) {
        throw new Refusal(409, 'template.exists', 'name: exists already');
      }
      return { status: 201, body: account.messagingTemplates.create(definition) };
    },
  }),
];
