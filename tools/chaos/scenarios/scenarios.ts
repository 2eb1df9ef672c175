import { CAMPAIGN } from './campaign/campaign.ts';
import { BULK_TEMPLATES } from './bulk-templates.ts';
import { KAFKA, REDIS } from './brokers.ts';
import { DISPATCHER_GAPS } from './dispatcher.ts';
import { KILLS_OF_EACH } from './kills.ts';
import { MEMBERSHIP } from './members.ts';
import { POISON } from './poison.ts';
import { PROVIDER } from './provider.ts';
import type { Scenario } from './scenario.ts';
import { WEBHOOKS } from './webhooks.ts';
import { WITHDRAWN_TEMPLATE } from './withdrawn-template.ts';

/** Every row, those that can share a system next to each other. */
export const SCENARIOS: readonly Scenario[] = [
  ...KILLS_OF_EACH,
  ...REDIS,
  ...PROVIDER,
  ...WEBHOOKS,
  ...DISPATCHER_GAPS,
  ...MEMBERSHIP,
  ...KAFKA,
  ...POISON,
  BULK_TEMPLATES,
  WITHDRAWN_TEMPLATE,
  CAMPAIGN,
];
