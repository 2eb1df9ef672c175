import { describe, expect, it } from '@jest/globals';
import type { TemplateState, TemplateStep } from '@heliograph/contracts';
import { alarmsOf } from './alerts.ts';

const state = (over: Partial<TemplateState> = {}): TemplateState => ({
  tenant: 'acme',
  account: 'acme-genesys',
  name: 'order_shipped',
  language: 'en_US',
  status: 'APPROVED',
  category: 'UTILITY',
  providerTemplateId: 'tpl-1',
  parameterCount: 0,
  checkedAt: '2026-03-02T09:15:00.000Z',
  ...over,
});
const step = (status: TemplateStep['status']): TemplateStep => ({
  status,
  at: '2026-03-01T09:15:00.000Z',
  source: 'webhook',
});
const PENDING = state({ status: 'PENDING', history: [step('PENDING')] });
const AFTER_APPROVAL = state({ status: 'REJECTED', history: [step('APPROVED'), step('REJECTED')] });

describe('people are told of a template', () => {
  it.each<[string, TemplateState | undefined, TemplateState, string[]]>([
    [
      'that was approved and is rejected (guide 001, edge case 2)',
      state(),
      state({ status: 'REJECTED', rejectionReason: 'POLICY_VIOLATION' }),
      ['withdrawn: was APPROVED, is REJECTED: POLICY_VIOLATION'],
    ],
    [
      'that was published and is a draft again (guide 002, edge case 3)',
      state({ status: 'PUBLISHED' }),
      state({ status: 'DRAFT' }),
      ['withdrawn: was PUBLISHED, is DRAFT'],
    ],
    ['that may be sent again', AFTER_APPROVAL, state(), ['restored: was REJECTED, is APPROVED again']],
    [
      'whose quality fell',
      state({ quality: 'GREEN' }),
      state({ quality: 'RED' }),
      ['quality-fell: quality was GREEN, is RED'],
    ],
    [
      'that the provider sees in another category (guide 001, section 1)',
      state(),
      state({ category: 'MARKETING' }),
      ['category-changed: category was UTILITY, is MARKETING'],
    ],
  ])('%s', (_, before, next, alarms) => {
    expect(alarmsOf(before, next).map(({ what, reason }) => `${what}: ${reason}`)).toEqual(alarms);
  });

  it('that the provider files under another category than the definition when it is first seen', () => {
    expect(alarmsOf(undefined, state({ category: 'MARKETING' }), 'UTILITY')).toMatchObject([
      { what: 'category-changed' },
    ]);
  });

  it.each<[string, TemplateState | undefined, TemplateState]>([
    ['its first approval', PENDING, state()],
    ['a rejection of what was never approved', PENDING, state({ status: 'REJECTED' })],
    ['a better quality', state({ quality: 'RED' }), state({ quality: 'GREEN' })],
    ['a quality that was not known before, or is not any more', state(), state({ quality: 'RED' })],
    ['being seen for the first time', undefined, state({ quality: 'RED' })],
  ])('not of %s', (_, before, next) => {
    expect(alarmsOf(before, next)).toEqual([]);
  });
});
