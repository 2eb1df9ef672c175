import { describe, expect, it } from '@jest/globals';
import type { ListedSubscription, Subscription } from '@heliograph/providers';
import fc from 'fast-check';
import { differences, isNothing, repairOf } from './differences.ts';

const wanted: Subscription = {
  kind: 'events',
  name: 'ours',
  description: 'what it is for',
  eventTypes: ['message', 'conversation'],
  filters: { channel: 'messaging', engagement_type: 'WHATSAPP' },
  endpoint: 'https://hooks.example.com/in',
};
const right: ListedSubscription = { ...wanted, id: 'a', enabled: true, endpoints: 1 };

describe('a registration and what the provider lists (guide 000, section 3)', () => {
  it('are the same whatever the order of event types and filters', () => {
    const turned = {
      ...right,
      eventTypes: ['conversation', 'message', 'message'],
      filters: { engagement_type: 'WHATSAPP', channel: 'messaging' },
    };
    expect(differences(wanted, turned)).toEqual([]);
    expect(isNothing(repairOf(wanted, [turned]))).toBe(true);
  });

  it.each<[string, Partial<ListedSubscription>]>([
    ['description', { description: '' }],
    ['eventTypes', { eventTypes: ['message'] }],
    ['eventTypes', { eventTypes: ['message', 'conversation', 'routing:queue:update'] }],
    ['eventTypes', { eventTypes: ['message', 'Conversation'] }],
    ['filters', { filters: { channel: 'messaging' } }],
    ['filters', { filters: { channel: 'messaging', engagement_type: 'SMS' } }],
    ['filters', { filters: { ...wanted.filters, queue: 'q' } }],
    ['endpoint', { endpoint: 'https://hooks.example.com/elsewhere' }],
    ['endpoint', { endpoints: 2 }],
    ['enabled', { enabled: false }],
  ])('differ in %s: %j', (field, over) => {
    expect(repairOf(wanted, [{ ...right, ...over }])).toEqual({
      create: false,
      replace: { id: 'a', fields: [field] },
      remove: [],
    });
  });

  it('is created when nothing has its name, whatever else is there', () => {
    const foreign = { ...right, name: 'Ours' };
    expect(repairOf(wanted, [foreign])).toEqual({ create: true, remove: [] });
  });

  it('keeps the oldest of several, and where no age is told, the first one', () => {
    const at = (id: string, createdAt?: string) => ({ ...right, id, createdAt });
    const aged = [
      at('new', '2026-03-01T00:00:00.000Z'),
      at('old', '2026-01-01T00:00:00.000Z'),
      at('x', '2026-02-01T00:00:00.000Z'),
    ];
    expect(repairOf(wanted, aged)).toEqual({ create: false, remove: ['x', 'new'] });
    expect(repairOf(wanted, [at('first'), at('second')])).toEqual({ create: false, remove: ['second'] });
  });

  it('needs nothing more once it was repaired, and nothing of anybody else is touched', () => {
    const entry = fc.record({
      id: fc.uuid(),
      name: fc.constantFrom('ours', 'theirs'),
      description: fc.constantFrom('', wanted.description),
      eventTypes: fc.subarray(['message', 'conversation', 'x']),
      filters: fc.constantFrom({}, wanted.filters),
      endpoint: fc.constantFrom('', wanted.endpoint),
      endpoints: fc.constantFrom(1, 2),
      enabled: fc.boolean(),
      createdAt: fc.option(fc.constantFrom('2026-01-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z'), { nil: undefined }),
    });
    const list = fc.uniqueArray(entry, { selector: ({ id }) => id });
    fc.assert(
      fc.property(list, (entries) => {
        const before: ListedSubscription[] = entries.map((one) => ({ ...one, kind: 'events' as const }));
        const { create, replace, remove } = repairOf(wanted, before);
        const after = before
          .filter(({ id }) => !remove.includes(id))
          .map((one) => (one.id === replace?.id ? { ...right, id: one.id } : one));
        if (create) after.push({ ...right, id: 'created' });
        expect(after.filter(({ name }) => name === 'ours')).toHaveLength(1);
        expect(isNothing(repairOf(wanted, after))).toBe(true);
        const theirs = (all: ListedSubscription[]) => all.filter(({ name }) => name === 'theirs');
        expect(theirs(after)).toEqual(theirs(before));
      }),
    );
  });
});
