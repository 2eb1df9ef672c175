import type { Delivery, OutgoingEvent } from '@heliograph/kafka';
import type { AccountFact, ProviderFact } from '@heliograph/providers';
import { buildRoutingChange } from './routing-change.ts';
import { buildTemplateChange } from './template-change.ts';

/** Whether an event is about its account, not about a conversation. */
export function isOfAccount(facts: readonly ProviderFact[]): facts is readonly [AccountFact] {
  const kind = facts[0]?.kind;
  return kind === 'routing' || kind === 'template';
}

export function buildAccountChange(fact: AccountFact, tenant: string, account: string, cause: Delivery): OutgoingEvent {
  return fact.kind === 'routing'
    ? buildRoutingChange(fact, tenant, account, cause)
    : buildTemplateChange(fact, tenant, account, cause);
}
