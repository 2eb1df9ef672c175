import { EVENTS, problemsOf } from '@heliograph/contracts';
import { describe, expect, it } from '@jest/globals';
import { consentReported, factOf, failed, isoAt, received, receipt, sent } from '../../../test/fact-builders.ts';
import { foldAll } from '../../../test/fold-all.ts';
import type { Fact } from '../facts.ts';

function changesOf(...facts: Fact[]) {
  const { commands, entries } = foldAll(facts);
  const changes = commands.flatMap((command) => (command.type === 'consent.change' ? [command.data] : []));
  for (const change of changes) expect(problemsOf(EVENTS.consentChange.data!, change)).toEqual([]);
  return { changes, kinds: entries.map(({ kind }) => kind) };
}

const optedOutReceipt = (of: string, hours: number): Fact =>
  factOf('message.status-reported', `${of} opted out`, {
    providerMessageId: `out-${of}`,
    status: 'failed',
    reason: 'RecipientOptedOut',
    optedOut: true,
    at: isoAt(hours),
  });

describe('a word of the provider that the contact has opted out (guide 002, edge case 1)', () => {
  it('as an event of its own asks for the change, and is on the timeline', () => {
    const fact = consentReported('a', 1);
    const { changes, kinds } = changesOf(received('a', 0), fact);
    expect(changes).toMatchObject([
      {
        ...{ change: 'opt-out', purpose: 'all', source: 'provider-event', at: isoAt(1) },
        evidence: { id: fact.id, code: 'OUTBOUND_MESSAGE_OPT_OUT' },
      },
    ]);
    expect(kinds.at(-1)).toBe('contact.consent-reported');
  });

  it('as a preference at the platform is about marketing, and may take it back', () => {
    const preference = { source: 'preference', purpose: 'marketing' } as const;
    const { changes } = changesOf(
      consentReported('a', 1, { ...preference, code: 'stop' }),
      consentReported('b', 2, { ...preference, change: 'opt-in', code: 'resume' }),
    );
    expect(changes.map(({ change, purpose, source }) => `${change} ${purpose} ${source}`)).toEqual([
      'opt-out marketing preference',
      'opt-in marketing preference',
    ]);
  });

  it('as a receipt counts, also one that came before its send is known, and once', () => {
    expect(changesOf(sent('m', 0), optedOutReceipt('m', 1)).changes).toMatchObject([{ source: 'provider-error' }]);
    expect(changesOf(optedOutReceipt('m', 1), sent('m', 0)).changes).toHaveLength(1);
  });

  it('as a refusal counts; other failures and receipts say nothing of consent', () => {
    const refused = failed('m', 1, { code: 'contact-opted-out', reason: 'RecipientOptedOut' });
    expect(changesOf(refused).changes).toMatchObject([
      { source: 'provider-error', evidence: { code: 'contact-opted-out' } },
    ]);
    const others = [failed('m', 1), sent('n', 1), receipt('n', 'failed', 2), receipt('n', 'read', 3)];
    expect(changesOf(...others).changes).toEqual([]);
  });
});
