import { describe, expect, it } from '@jest/globals';
import { definitionKey, templateKey, type TemplateDefinition, type TemplateState } from '@heliograph/contracts';
import { orderConfirmation, orderSms, stateOf } from '../../test/definitions.ts';
import { providerNameOf } from '../definition.ts';
import { TemplateCatalogue } from './template-catalogue.ts';

const WANTED = { tenant: 'acme', account: 'acme-genesys', name: 'order_confirmation', language: 'en_US' };
const ON_WHATSAPP = { ...WANTED, channel: 'whatsapp' as const };

const version = (number: number, given: Partial<TemplateDefinition> = {}) =>
  orderConfirmation({ version: number, providerName: providerNameOf('order_confirmation', number), ...given });
const named = (name: string, given: Partial<TemplateDefinition> = {}) =>
  orderConfirmation({ name, providerName: name, ...given });

function catalogue(...entries: [TemplateDefinition, TemplateState['status'] | undefined, Partial<TemplateState>?][]) {
  const made = new TemplateCatalogue((tenant, channel, sender) =>
    channel === 'sms' && sender === 'alerts' ? `${tenant}-genesys` : undefined,
  );
  for (const [definition, status, given] of entries) {
    made.setDefinition(definition);
    if (status) made.setState(stateOf(definition, status, given));
  }
  return made;
}
const sent = (of: TemplateCatalogue) => {
  const decision = of.choose(WANTED);
  return decision.kind === 'send' ? decision.definition.version : decision.reason;
};

describe('a template may be sent now (guide 001, section 2)', () => {
  it.each(['APPROVED', 'PUBLISHED'] as const)('when the provider says %s', (status) => {
    expect(sent(catalogue([version(1), status]))).toBe(1);
  });

  it.each(['PENDING', 'IN_REVIEW', 'PAUSED', 'DISABLED', 'DELETED', 'DRAFT'] as const)(
    'not when it says %s',
    (status) => {
      const decision = catalogue([version(1), status]).choose(WANTED);
      expect(decision).toMatchObject({
        kind: 'refused',
        code: 'template-not-approved',
        reason: `template "order_confirmation" (en_US) is ${status}`,
        definition: { version: 1 },
      });
    },
  );

  it('not when it was rejected, for the reason that is told (edge case 2), until it is approved again', () => {
    const templates = catalogue([version(1), 'APPROVED']);
    expect(sent(templates)).toBe(1);
    templates.setState(stateOf(version(1), 'REJECTED', { rejectionReason: 'POLICY_VIOLATION' }));
    expect(sent(templates)).toBe('template "order_confirmation" (en_US) is REJECTED: POLICY_VIOLATION');
    templates.setState(stateOf(version(1), 'APPROVED'));
    expect(sent(templates)).toBe(1);
  });

  it('not when it was not submitted, or removed', () => {
    const templates = catalogue([version(1), undefined]);
    expect(sent(templates)).toBe('template "order_confirmation" (en_US) was not submitted yet');
    templates.setState(stateOf(version(1), 'APPROVED'));
    templates.removeState(templateKey(stateOf(version(1), 'APPROVED')));
    expect(sent(templates)).toContain('not submitted');
    templates.removeDefinition(definitionKey(version(1)));
    expect(sent(templates)).toBe('account acme-genesys has no template "order_confirmation"');
  });

  it('not when it was changed at the provider, so that its values would stand in the wrong places (guide 002, edge case 3)', () => {
    expect(sent(catalogue([version(1), 'APPROVED', { parameterCount: 2 }]))).toBe(
      'template "order_confirmation" (en_US) was changed at the provider: its body wants 2 values there, 3 in the file',
    );
    expect(sent(catalogue([version(1), 'APPROVED', { headerParameterCount: 0 }]))).toContain(
      'its header wants 0 values there, 1 in the file',
    );
    expect(sent(catalogue([version(1), 'APPROVED', { headerParameterCount: undefined }]))).toBe(1);
  });

  it('not in a language, an account or a tenant that it is not in', () => {
    const templates = catalogue([version(1), 'APPROVED']);
    expect(templates.choose({ ...WANTED, language: 'de' })).toMatchObject({
      reason: expect.stringContaining('(de) was not submitted yet'),
    });
    expect(templates.choose({ ...WANTED, language: 'fr' })).toMatchObject({
      code: 'template-unknown',
      reason: 'template "order_confirmation" is not there in fr: it has en_US, de',
    });
    expect(templates.choose({ ...WANTED, account: 'other' })).toMatchObject({ code: 'template-unknown' });
    expect(templates.choose({ ...WANTED, tenant: 'globex' })).toMatchObject({ code: 'template-unknown' });
    expect(templates.choose({ ...WANTED, name: 'order_confirmaton' })).toMatchObject({
      reason: 'account acme-genesys has no template "order_confirmaton": did you mean "order_confirmation"?',
    });
  });
});

describe('versions stand side by side', () => {
  it('an older one goes on until the newer is approved, and while that is withdrawn', () => {
    const templates = catalogue([version(2), 'PENDING'], [version(1), 'APPROVED']);
    expect(sent(templates)).toBe(1);
    templates.setState(stateOf(version(2), 'APPROVED'));
    expect(sent(templates)).toBe(2);
    templates.setState(stateOf(version(2), 'PAUSED'));
    expect(sent(templates)).toBe(1);
  });

  it('a retired one is sent no more', () => {
    const templates = catalogue([version(1), 'APPROVED'], [version(2), 'APPROVED']);
    templates.setDefinition(version(2, { retired: true }));
    expect(sent(templates)).toBe(1);
    templates.setDefinition(version(1, { retired: true }));
    expect(templates.choose(WANTED)).toMatchObject({ code: 'template-unknown' });
    expect(templates.names(WANTED)).toEqual([]);
  });

  it('each language by itself, in the newest version that has it', () => {
    const [english] = version(2).languages;
    const templates = catalogue(
      [version(1), 'APPROVED'],
      [version(1), 'APPROVED', { language: 'de' }],
      [version(2, { languages: [english!] }), 'APPROVED'],
    );
    expect(sent(templates)).toBe(2);
    expect(templates.choose({ ...WANTED, language: 'de' })).toMatchObject({ kind: 'send', definition: { version: 1 } });
  });

  it('are told one by one when none may be sent', () => {
    expect(sent(catalogue([version(1), 'REJECTED', { rejectionReason: 'SCAM' }], [version(2), 'PENDING']))).toBe(
      'template "order_confirmation" (en_US) version 2 is PENDING, version 1 is REJECTED: SCAM',
    );
  });
});

describe('fallbacks (guide 001, edge case 2)', () => {
  const bySms = { template: 'order_sms', channel: 'sms' as const, sender: 'alerts' };
  const main = version(1, { fallbacks: [{ template: 'short' }, bySms] });
  const all = (statuses: Record<'main' | 'short' | 'sms', TemplateState['status']>) =>
    catalogue([main, statuses.main], [named('short'), statuses.short], [orderSms(), statuses.sms]);

  it('are not taken while the template itself may be sent', () => {
    const route = all({ main: 'APPROVED', short: 'APPROVED', sms: 'PUBLISHED' }).route(ON_WHATSAPP);
    expect(route).toMatchObject({ kind: 'send', definition: { name: 'order_confirmation' } });
    expect(route).not.toHaveProperty('fallback');
  });

  it('are taken in their order: another template, then another channel, and back', () => {
    const templates = all({ main: 'REJECTED', short: 'APPROVED', sms: 'PUBLISHED' });
    expect(templates.route(ON_WHATSAPP)).toMatchObject({
      kind: 'send',
      definition: { name: 'short' },
      fallback: { template: 'short' },
      instead: { code: 'template-not-approved', reason: 'template "order_confirmation" (en_US) is REJECTED' },
    });
    templates.setState(stateOf(named('short'), 'PAUSED'));
    expect(templates.route(ON_WHATSAPP)).toMatchObject({ definition: { name: 'order_sms' }, fallback: bySms });
    templates.setState(stateOf(main, 'APPROVED'));
    expect(templates.route(ON_WHATSAPP)).toMatchObject({ definition: { name: 'order_confirmation' } });
  });

  it('end in a refusal that says why of each, when none may be sent', () => {
    expect(all({ main: 'REJECTED', short: 'PAUSED', sms: 'DRAFT' }).route(ON_WHATSAPP)).toMatchObject({
      kind: 'refused',
      code: 'template-not-approved',
      reason:
        'template "order_confirmation" (en_US) is REJECTED; fallbacks: template "short" (en_US) is PAUSED; template "order_sms" (en_US) is DRAFT',
    });
  });

  it('of fallbacks are taken too, and go by the channel that the way has led to', () => {
    const templates = catalogue(
      [version(1, { fallbacks: [{ template: 'short' }] }), 'REJECTED'],
      [named('short', { fallbacks: [bySms] }), 'REJECTED'],
      [orderSms({ fallbacks: [{ template: 'other_sms' }] }), 'DRAFT'],
      [orderSms({ name: 'other_sms', providerName: 'other_sms' }), 'PUBLISHED'],
    );
    expect(templates.route(ON_WHATSAPP)).toMatchObject({
      kind: 'send',
      definition: { name: 'other_sms' },
      fallback: { template: 'other_sms', channel: 'sms', sender: 'alerts' },
    });
  });

  it('that lead in a circle end', () => {
    const templates = catalogue(
      [version(1, { fallbacks: [{ template: 'short' }] }), 'REJECTED'],
      [named('short', { fallbacks: [{ template: 'order_confirmation' }, { template: 'short' }] }), 'REJECTED'],
    );
    expect(templates.route(ON_WHATSAPP)).toMatchObject({ kind: 'refused' });
  });

  it('by a sender that there is none of are passed over', () => {
    const lost = version(1, { fallbacks: [{ ...bySms, sender: 'nobody' }, { template: 'short' }] });
    const templates = catalogue([lost, 'REJECTED'], [orderSms(), 'PUBLISHED'], [named('short'), 'APPROVED']);
    expect(templates.route(ON_WHATSAPP)).toMatchObject({ fallback: { template: 'short' } });
    templates.setState(stateOf(named('short'), 'PAUSED'));
    expect(templates.route(ON_WHATSAPP)).toMatchObject({
      reason: expect.stringContaining('"order_sms" has no sender "nobody" on sms'),
    });
  });

  it('on the channel of another template are none', () => {
    const templates = catalogue([orderSms(), 'PUBLISHED']);
    expect(templates.route({ ...ON_WHATSAPP, name: 'order_sms' })).toEqual({
      kind: 'refused',
      code: 'template-unknown',
      reason: 'template "order_sms" is for sms, not for whatsapp',
    });
    expect(templates.route({ ...ON_WHATSAPP, channel: 'sms', name: 'order_sms' })).toMatchObject({ kind: 'send' });
  });
});

describe('an answer', () => {
  it('is remembered until something changes', () => {
    const templates = catalogue([version(1), 'APPROVED']);
    const first = templates.route(ON_WHATSAPP);
    expect(templates.route({ ...ON_WHATSAPP })).toBe(first);
    templates.setState(stateOf(version(1), 'APPROVED'));
    expect(templates.route(ON_WHATSAPP)).not.toBe(first);
    expect(templates.route(ON_WHATSAPP)).toEqual(first);
  });
});
