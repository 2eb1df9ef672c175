import { describe, expect, it } from '@jest/globals';
import type { CallResult, RoutingName, RoutingObject } from '@heliograph/providers';
import { RoutingContext } from './routing-context.ts';

const queue = (id: string): RoutingName => ({ kind: 'queue', id });
const ok = (name: RoutingName): CallResult<RoutingObject> => ({ outcome: 'ok', value: { ...name, active: true } });
const learn = (context: RoutingContext, name: RoutingName, answer = ok(name)) =>
  context.lookUp('acme', name, () => Promise.resolve(answer));

describe('what is remembered of routing (guide 000, edge case 3)', () => {
  it('is believed for its age and no longer', async () => {
    let now = 0;
    const context = new RoutingContext({ entries: 10, ageMs: 1_000 }, () => now);
    await learn(context, queue('q'));
    now = 999;
    expect(context.find('acme', queue('q'))).toMatchObject({ active: true });
    now = 1_000;
    expect(context.find('acme', queue('q'))).toBeUndefined();
    expect(context.size).toBe(0);
  });

  it('is bounded: the oldest goes first', async () => {
    const context = new RoutingContext({ entries: 3, ageMs: 1_000 });
    for (const id of ['a', 'b', 'c', 'a', 'd']) await learn(context, queue(id));
    expect(['a', 'b', 'c', 'd'].map((id) => context.find('acme', queue(id)) !== undefined)).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  it('is forgotten when the provider changes it: one, or all of a kind, of that account alone', async () => {
    const context = new RoutingContext({ entries: 10, ageMs: 1_000 });
    const skill: RoutingName = { kind: 'skill', id: 's' };
    for (const name of [queue('a'), queue('b'), skill]) await learn(context, name);
    context.forget('other', queue('a'));
    context.forgetAll('other', 'queue');
    expect(context.find('acme', queue('a'))).toBeDefined();
    context.forget('acme', queue('a'));
    expect([queue('a'), queue('b')].map((name) => context.find('acme', name) !== undefined)).toEqual([false, true]);
    context.forgetAll('acme', 'queue');
    expect([queue('b'), skill].map((name) => context.find('acme', name) !== undefined)).toEqual([false, true]);
  });

  it('is not what a look-up gave that began before the change', async () => {
    const context = new RoutingContext({ entries: 10, ageMs: 1_000 });
    const answer = Promise.withResolvers<CallResult<RoutingObject>>();
    const looking = context.lookUp('acme', queue('a'), () => answer.promise);
    expect(context.lookedUp('acme', queue('a'))).toBeDefined();
    context.forget('acme', queue('a'));
    answer.resolve(ok(queue('a')));
    await looking;
    expect([context.find('acme', queue('a')), context.lookedUp('acme', queue('a'))]).toEqual([undefined, undefined]);
  });

  it('is not that something is missing, and that one may not look is taken for a yes', async () => {
    const context = new RoutingContext({ entries: 10, ageMs: 1_000 });
    await learn(context, queue('a'), { outcome: 'refused', code: 'not-found', reason: '' });
    await learn(context, queue('b'), { outcome: 'refused', code: 'forbidden', reason: '' });
    await learn(context, queue('c'), { outcome: 'unknown', reason: '' });
    expect(['a', 'b', 'c'].map((id) => context.find('acme', queue(id))?.active)).toEqual([undefined, true, undefined]);
  });
});
