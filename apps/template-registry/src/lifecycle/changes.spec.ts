import { describe, expect, it } from '@jest/globals';
import {
  EVENTS,
  isSendable,
  isValid,
  TEMPLATE_STATUSES,
  TemplateState,
  type TemplateDefinition,
  type TemplateStatus,
  type TemplateStep,
} from '@heliograph/contracts';
import type { ProviderTemplate } from '@heliograph/providers';
import fc from 'fast-check';
import { changesOf, type Listing } from './changes.ts';

const OWNER = { tenant: 'acme', account: 'acme-genesys' };
const NOW = '2026-03-02T09:15:00.000Z';
const EARLIER = '2026-03-01T09:15:00.000Z';

const listed = (over: Partial<ProviderTemplate> = {}): ProviderTemplate => ({
  providerTemplateId: 'tpl-1',
  name: 'order_shipped',
  language: 'en_US',
  status: 'APPROVED',
  category: 'UTILITY',
  parameterCount: 2,
  headerParameterCount: 0,
  ...over,
});

const known = (over: Partial<TemplateState> = {}): TemplateState => ({
  ...OWNER,
  name: 'order_shipped',
  language: 'en_US',
  status: 'APPROVED',
  category: 'UTILITY',
  providerTemplateId: 'tpl-1',
  parameterCount: 2,
  checkedAt: EARLIER,
  ...over,
});

const DEFINITION: TemplateDefinition = {
  ...OWNER,
  name: 'order_shipped',
  version: 2,
  providerName: 'order_shipped_v2',
  channel: 'whatsapp',
  category: 'UTILITY',
  variables: [],
  languages: [],
  fallbacks: [],
  emoji: 'keep',
  appliedAt: EARLIER,
};

const problem = { field: 'entities[1].status', reason: 'is missing' };
const listing = (...templates: ProviderTemplate[]): Listing => ({ templates, problems: [] });
const changes = (states: TemplateState[], now: Listing, definition?: TemplateDefinition) =>
  changesOf({ ...OWNER, states, definitionOf: () => definition }, now, NOW);

const step = (status: TemplateState['status'], at: string, reason?: string): TemplateStep => ({
  status,
  at,
  source: 'reading',
  ...(reason !== undefined && { reason }),
});
/** The step of a state published before states had a history. */
const FIRST = step('APPROVED', EARLIER);

describe('the changes of a reading', () => {
  it('are the whole state of a template that is new', () => {
    expect(changes([], listing(listed())).states).toEqual([
      known({ checkedAt: NOW, history: [step('APPROVED', NOW)] }),
    ]);
  });

  it('are none when nothing changed but the moment', () => {
    expect(changes([known()], listing(listed()))).toEqual({ states: [], oddities: [] });
  });

  it.each<[string, Partial<ProviderTemplate>]>([
    ['status', { status: 'PAUSED' }],
    ['reason', { status: 'REJECTED', rejectionReason: 'promotional' }],
    ['category', { category: 'MARKETING' }],
    ['id', { providerTemplateId: 'tpl-2' }],
    ['placeholders', { parameterCount: 3 }],
  ])('contain a template with another %s', (_, over) => {
    const { headerParameterCount: _header, ...expected } = listed(over);
    const { status, rejectionReason } = expected;
    const history = status === 'APPROVED' ? [FIRST] : [FIRST, step(status as TemplateStatus, NOW, rejectionReason)];
    expect(changes([known()], listing(listed(over))).states).toEqual([
      { ...OWNER, ...expected, checkedAt: NOW, history },
    ]);
  });

  it('treat each language as a template of its own', () => {
    const states = changes([known()], listing(listed(), listed({ language: 'de_DE', status: 'PENDING' }))).states;
    expect(states.map(({ language, status }) => [language, status])).toEqual([['de_DE', 'PENDING']]);
  });

  it('mark a template that is not listed any more as DELETED, once', () => {
    expect(changes([known()], listing()).states).toEqual([
      known({ status: 'DELETED', checkedAt: NOW, history: [FIRST, step('DELETED', NOW)] }),
    ]);
    expect(changes([known({ status: 'DELETED' })], listing()).states).toEqual([]);
  });

  it('bring a template back that is listed again', () => {
    expect(changes([known({ status: 'DELETED' })], listing(listed())).states).toEqual([
      known({ checkedAt: NOW, history: [step('DELETED', EARLIER), step('APPROVED', NOW)] }),
    ]);
  });

  it('disable a template that is missing while there are entries that cannot be read', () => {
    const { states, oddities } = changes([known()], { templates: [], problems: [problem] });
    expect(states).toMatchObject([{ name: 'order_shipped', status: 'DISABLED' }]);
    expect(oddities).toEqual([{ what: 'entry', ...problem }]);
    expect(changes(states as TemplateState[], { templates: [], problems: [problem] }).states).toEqual([]);
    expect(changes(states as TemplateState[], listing()).states).toMatchObject([{ status: 'DELETED' }]);
  });

  it('disable a template whose status is not known, and say so', () => {
    const { states, oddities } = changes([known()], listing(listed({ status: 'FLAGGED' })));
    expect(states).toMatchObject([{ status: 'DISABLED', rejectionReason: 'the provider calls it FLAGGED' }]);
    expect(oddities).toEqual([
      { what: 'status', field: 'order_shipped (en_US).status', reason: '"FLAGGED" is not known' },
    ]);
  });

  it('pass over a template that two providers list alike', () => {
    expect(changes([], listing(listed(), listed()))).toMatchObject({
      states: [known({ checkedAt: NOW, history: [step('APPROVED', NOW)] })],
      oddities: [],
    });
  });

  it('believe of two contradicting entries the one that may not be sent, whatever their order', () => {
    const [good, bad] = [listed(), listed({ providerTemplateId: 'tpl-0', status: 'REJECTED' })];
    for (const both of [listing(good, bad), listing(bad, good)]) {
      const { states, oddities } = changes([], both);
      expect(states).toMatchObject([{ status: 'REJECTED', providerTemplateId: 'tpl-0' }]);
      expect(oddities).toMatchObject([{ what: 'duplicate', field: 'order_shipped (en_US)' }]);
    }
  });

  it('say nothing of what became known after the reading began', () => {
    const later = known({ status: 'REJECTED', checkedAt: '2026-03-02T09:15:00.001Z' });
    expect(changes([later], listing(listed())).states).toEqual([]);
    expect(changes([later], listing()).states).toEqual([]);
  });

  it('keep quality and category that the list leaves out, and take those that it tells', () => {
    const before = known({ quality: 'YELLOW', status: 'PAUSED' });
    const { category: _category, ...without } = listed();
    expect(changes([before], listing(without)).states).toMatchObject([{ quality: 'YELLOW', category: 'UTILITY' }]);
    expect(changes([before], listing(listed({ quality: 'RED' }))).states).toMatchObject([{ quality: 'RED' }]);
  });

  it('name the definition and version of a template of the files, unless the provider has another text', () => {
    const body = { text: 'Order {{1}} leaves on {{2}}.', variables: ['order', 'day'] };
    const definition = { ...DEFINITION, languages: [{ language: 'en_US', body }] };
    const found = (text: string) => {
      const components = { language: 'en_US', body: { text, variables: ['body_1', 'body_2'] } };
      return changes([], listing(listed({ name: 'order_shipped_v2', components })), definition);
    };
    expect(found(body.text).states).toMatchObject([{ definition: 'order_shipped', version: 2 }]);
    const { states, oddities } = found('Order {{1}}: {{2}}');
    expect(states[0]).not.toHaveProperty('definition');
    expect(oddities).toEqual([
      {
        what: 'text',
        field: 'order_shipped_v2 (en_US)',
        reason: 'body is "Order {{1}}: {{2}}" at the provider, "Order {{1}} leaves on {{2}}." in the definition',
      },
    ]);
  });

  it('keep the last 50 steps of a history', () => {
    const history = Array.from({ length: 50 }, () => FIRST);
    const [state] = changes([known({ history })], listing(listed({ status: 'PAUSED' }))).states;
    expect(state!.history).toHaveLength(50);
    expect(state!.history!.at(-1)).toEqual(step('PAUSED', NOW));
  });

  it('are valid, make the topic say what was listed, and are none the second time, whatever is listed', () => {
    const status = fc.oneof(fc.constantFrom<string>(...TEMPLATE_STATUSES), fc.constantFrom('FLAGGED', ''));
    const template = fc.record({
      providerTemplateId: fc.constantFrom('a', 'b'),
      name: fc.constantFrom('x', 'y', 'z'),
      language: fc.constantFrom('en', 'de'),
      status,
      rejectionReason: fc.option(fc.string(), { nil: undefined }),
      parameterCount: fc.nat(3),
      headerParameterCount: fc.constant(0),
    });
    const reading = fc.record({
      templates: fc.array(template, { maxLength: 8 }),
      problems: fc.constantFrom([], [problem]),
    });
    fc.assert(
      fc.property(fc.array(reading, { minLength: 1, maxLength: 6 }), (readings) => {
        const topic = new Map<string, TemplateState>();
        for (const one of readings) {
          for (const state of changes([...topic.values()], one).states) {
            expect(isValid(EVENTS.templateState.data!)(state)).toBe(true);
            topic.set(JSON.stringify([state.name, state.language]), state);
          }
          expect(changes([...topic.values()], one).states).toEqual([]);
          for (const { name, language, status: now } of topic.values()) {
            const entries = one.templates.filter((each) => each.name === name && each.language === language);
            const sendable = entries.length > 0 && entries.every((each) => isSendable(each.status as TemplateStatus));
            expect(isSendable(now)).toBe(sendable);
          }
        }
      }),
    );
  });
});
