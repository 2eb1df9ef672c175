import type { ConsentChange, Parties } from '@heliograph/contracts';
import { consentPlace, type Command } from '../commands.ts';
import type { EffectContext } from '../effect.ts';
import type { Fact } from '../facts.ts';

/** The provider's refusal and receipts that mean: the contact has opted out. */
export const CONTACT_OPTED_OUT = 'contact-opted-out';

type Said = Pick<ConsentChange, 'change' | 'purpose' | 'source'> & { readonly code: string };

/** What a word of the provider means for consent; nothing where it says nothing about it. */
export function changeByProvider(fact: Fact, { rules, at }: EffectContext): Command[] {
  const said = saidBy(fact);
  if (!said) return [];
  const { code, ...change } = said;
  const { conversationId, tenant, channel } = fact.data satisfies Parties;
  const data: ConsentChange = {
    ...{ tenant, channel, subject: rules.consent.subject(fact.data) },
    ...change,
    evidence: { id: fact.id, conversationId, code },
    at,
  };
  return [{ type: 'consent.change', id: consentPlace(fact), data }];
}

function saidBy({ type, data }: Fact): Said | undefined {
  switch (type) {
    case 'contact.consent-reported': {
      const { change, purpose, source, code = source } = data;
      return { change, purpose, source, code };
    }
    case 'message.status-reported':
      return data.optedOut ? { ...OUT_BY_ERROR, code: CONTACT_OPTED_OUT } : undefined;
    case 'message.failed':
      return data.code === CONTACT_OPTED_OUT ? { ...OUT_BY_ERROR, code: data.code } : undefined;
    default:
      return undefined;
  }
}

const OUT_BY_ERROR = { change: 'opt-out', purpose: 'all', source: 'provider-error' } as const;
