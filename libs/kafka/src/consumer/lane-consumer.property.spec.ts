import { afterEach, describe, expect, it } from '@jest/globals';
import { FenceLost, Retryable, Unavailable } from '@heliograph/runtime';
import fc from 'fast-check';
import { blocked, deadLetter, done } from '../outcome.ts';
import { rig, stopAll, tick, until } from '../spec-support/scripted-consumer.ts';

afterEach(stopAll);

describe('lane consumer', () => {
  it('keeps every key in order and finishes every record, over random failures, waits and rebalances', async () => {
    const failure = fc.constantFrom('ok', 'ok', 'ok', 'retry', 'unavailable', 'blocked', 'fence', 'dead');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(5), failure), { minLength: 1, maxLength: 60 }),
        fc.array(fc.nat(60), { maxLength: 4 }),
        async (plan, rebalances) => {
          const tried = new Map<number, number>();
          const ended: number[] = [];
          const rigged = await rig(
            async (d) => {
              const kind = plan[d.offset]![1];
              const tries = (tried.get(d.offset) ?? 0) + 1;
              tried.set(d.offset, tries);
              await tick(1);
              if (tries === 1 && kind === 'retry') throw new Retryable('once');
              if (tries === 1 && kind === 'unavailable') throw new Unavailable('x', 'once');
              if (tries === 1 && kind === 'fence') throw new FenceLost(0);
              if (tries === 1 && kind === 'blocked') return blocked('once', Date.now() + 1);
              ended.push(d.offset);
              return kind === 'dead' ? deadLetter('planned') : done;
            },
            { workers: 3 },
          );
          const { source, dead } = rigged;
          source.assign(0);
          source.beat();
          for (const [offset, [key]] of plan.entries()) {
            source.push(0, [offset, `k${key}`]);
            if (rebalances.includes(offset)) {
              source.listener.rebalancing();
              source.assign(0);
            }
            source.beat();
          }
          await until(() => (source.beat(), source.committed(0) === plan.length));
          expect(new Set(ended).size).toBe(plan.length);
          expect(ended).toHaveLength(plan.length);
          expect(dead).toHaveLength(plan.filter(([, kind]) => kind === 'dead').length);
          for (let key = 0; key <= 5; key++) {
            const mine = ended.filter((offset) => plan[offset]![0] === key);
            expect(mine).toEqual([...mine].sort((a, b) => a - b));
          }
          const commits = source.commits.map((commit) => commit.offset);
          expect(commits).toEqual([...commits].sort((a, b) => a - b));
        },
      ),
      { numRuns: 100 },
    );
  });
});
