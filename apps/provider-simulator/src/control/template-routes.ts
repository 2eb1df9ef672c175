import { boolean, defaulting, FieldError, object, optional, text } from '../check/check.ts';
import { notFound } from '../exchange/refusal.ts';
import { templateCategory, templateQuality, templateStatus } from '../settings/account-settings.ts';
import { messagingStatus } from '../templates/messaging-templates.ts';
import type { ControlCall, ControlRoute } from './control-call.ts';

const change = object({
  name: text(),
  language: text(),
  status: optional(templateStatus),
  /** Of the status. */
  rejection_reason: optional(text()),
  quality: optional(templateQuality),
  category: optional(templateCategory),
  /** Whether the provider tells of it (guide 001 §2). */
  tell: defaulting(boolean(), true),
});

const messagingChange = object({
  name: text(),
  status: optional(messagingStatus),
  /** Guide 002, edge case 3: the definition changes after a client has looked at it. */
  body: optional(text({ max: 4000 })),
});

/** Plays the provider's reviewers. Guide 002 shows no event for its templates: theirs are changed without a word. */
export const templateRoutes: ControlRoute[] = [
  {
    method: 'GET',
    path: '/accounts/:account/templates',
    handle: ({ account }) => ({
      templates: account.templates.list(),
      messagingTemplates: account.messagingTemplates.list(),
    }),
  },
  { method: 'PUT', path: '/accounts/:account/templates', handle: changeTemplate },
  { method: 'PUT', path: '/accounts/:account/messaging-templates', handle: changeMessagingTemplate },
];

function changeTemplate({ account, body, world }: ControlCall): object {
  const { name, language, rejection_reason: reason, tell, ...given } = change(body, '');
  const template = account.templates.find(name, language);
  if (!template) throw notFound(`template ${JSON.stringify(name)} (${language}) does not exist`);
  const { status, quality, category } = given;
  if ((status ?? quality ?? category) === undefined)
    throw new FieldError('status', 'or quality or category is required');
  world.templateDesk.changed(account, template, { ...given, reason }, tell);
  return template;
}

function changeMessagingTemplate({ account, body: given }: ControlCall): object {
  const { name, status, body } = messagingChange(given, '');
  const template = account.messagingTemplates.find(name);
  if (!template) throw notFound(`template ${JSON.stringify(name)} does not exist`);
  template.status = status ?? template.status;
  template.body = body ?? template.body;
  return template;
}
