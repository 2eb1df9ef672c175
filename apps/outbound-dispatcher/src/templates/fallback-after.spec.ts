import { describe, expect, it } from '@jest/globals';
import type { TemplateDefinition, TemplateStatus } from '@heliograph/contracts';
import { TemplateCatalogue } from '@heliograph/templates';
import { sendMessage } from '@heliograph/testing';
import { definitionOf, named, shortOf, smsOf, stateOf } from '../../test/template-files.ts';
import { refusedSince } from './fallback-after.ts';

const ACCOUNT = 'acme-genesys';
const accountOf = (_tenant: string, _channel: string, sender: string) => (sender === 'alerts' ? ACCOUNT : undefined);
const by = (template: string, sender = 'alerts') => ({ template, channel: 'sms' as const, sender });
const command = sendMessage({ account: ACCOUNT, content: named('order') });

function after(refused: string, ...templates: [TemplateDefinition, TemplateStatus?][]) {
  const catalogue = new TemplateCatalogue(accountOf);
  for (const [definition, status = 'APPROVED'] of templates) {
    catalogue.setDefinition(definition);
    catalogue.setState(stateOf(definition, status));
  }
  const found = refusedSince(catalogue, command, refused, accountOf);
  return found && [found.definition.name, found.fallback.channel, found.fallback.sender];
}

const order = (...fallbacks: TemplateDefinition['fallbacks']) => definitionOf(ACCOUNT, 'order', { fallbacks });
const short = (over: Partial<TemplateDefinition> = {}) => shortOf(ACCOUNT, 'short', over);
const sms = smsOf(ACCOUNT, 'by_sms');

describe('the fallback of a template that the provider has refused (guide 000, edge case 1)', () => {
  it('is the first that may be sent, whatever the registry says of the refused one', () => {
    expect(after('order', [order({ template: 'short' }, by('by_sms'))], [short()], [sms])).toEqual([
      'short',
      undefined,
      undefined,
    ]);
    expect(
      after('order', [order({ template: 'short' }, by('by_sms'))], [short(), 'PAUSED'], [sms, 'PUBLISHED']),
    ).toEqual(['by_sms', 'sms', 'alerts']);
  });

  it('is never the refused one, also when that was a fallback itself; its own fallbacks come next', () => {
    const chained = short({ fallbacks: [by('by_sms')] });
    expect(after('short', [order({ template: 'short' }), 'REJECTED'], [chained], [sms])).toEqual([
      'by_sms',
      'sms',
      'alerts',
    ]);
    expect(after('short', [order({ template: 'short' })], [short()])).toBeUndefined();
  });

  it('is none where there is none, no sender of its channel, or nothing that may be sent', () => {
    expect(after('order', [order()])).toBeUndefined();
    expect(after('order', [order(by('by_sms', 'nobody'))], [sms])).toBeUndefined();
    expect(after('order', [order({ template: 'short' })], [short(), 'PENDING'])).toBeUndefined();
  });
});
