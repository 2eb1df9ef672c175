import { afterEach, describe, expect, it } from '@jest/globals';
import { FenceLost, Retryable, Unavailable } from '@heliograph/runtime';
import { blocked, deadLetter, done, skip } from '../outcome.ts';
import type { PartitionGate } from '../partition-gate.ts';
import { deferred, record, rig, stopAll, tick, TOPIC, until } from '../spec-support/scripted-consumer.ts';

afterEach(stopAll);

describe('lane consumer', () => {
  it('runs nothing before a heartbeat has proven the generation', async () => {
    const seen: number[] = [];
    const { source } = await rig(async (d) => (seen.push(d.offset), done));
    source.assign(0);
    source.push(0, [0, 'a']);
    await tick();
    expect(seen).toEqual([]);
    source.beat();
    await tick();
    expect(seen).toEqual([0]);
  });

  it('works on one record per key at a time and on different keys side by side', async () => {
    const gates = new Map<number, ReturnType<typeof deferred>>();
    const began: number[] = [];
    const { source } = await rig(async (d) => {
      began.push(d.offset);
      const gate = deferred();
      gates.set(d.offset, gate);
      await gate.promise;
      return done;
    });
    source.assign(0);
    source.beat();
    source.push(0, [0, 'a'], [1, 'a'], [2, 'b']);
    await tick();
    expect(began).toEqual([0, 2]);
    gates.get(0)!.resolve();
    await tick();
    expect(began).toEqual([0, 2, 1]);
    gates.get(1)!.resolve();
    gates.get(2)!.resolve();
  });

  it('a failing record delays only its own key and keeps its place in front of later ones', async () => {
    const ended: string[] = [];
    const { source } = await rig(async (d) => {
      if (d.offset === 0 && d.attempt < 3) throw new Retryable('not yet');
      ended.push(`${d.event.partitionKey}${d.offset}`);
      return done;
    });
    source.assign(0);
    source.beat();
    source.push(0, [0, 'a'], [1, 'a'], [2, 'b'], [3, 'b']);
    await until(() => ended.length === 4);
    expect(ended).toEqual(['b2', 'b3', 'a0', 'a1']);
  });

  it('commits only the watermark, below which everything is finished', async () => {
    const gate = deferred();
    const { source } = await rig(async (d) => {
      if (d.offset === 1) await gate.promise;
      return done;
    });
    source.assign(0);
    source.beat();
    source.push(0, [0, 'a'], [1, 'b'], [2, 'c'], [7, 'd']);
    await until(() => source.committed(0) === 1);
    gate.resolve();
    await until(() => source.committed(0) === 8);
  });

  it('dead-letters after the attempts are used up, and at once on an unexpected error', async () => {
    const { source, dead } = await rig(
      async (d) => {
        if (d.offset === 0) throw new Retryable('still not');
        if (d.offset === 1) throw new TypeError('a bug');
        return d.offset === 2 ? deadLetter('cannot be') : skip('nothing new');
      },
      { attempts: 3 },
    );
    source.assign(0);
    source.beat();
    source.push(0, [0, 'a'], [1, 'b'], [2, 'c'], [3, 'd']);
    await until(() => source.committed(0) === 4);
    expect(dead.map((letter) => letter.reason).sort()).toEqual([
      'Retryable: still not (after 3 attempts)',
      'TypeError: a bug',
      'cannot be',
    ]);
  });

  it('dead-letters a record that fails validation, naming what is wrong, and goes on', async () => {
    const seen: number[] = [];
    const { source, dead } = await rig(async (d) => (seen.push(d.offset), done));
    source.assign(0);
    source.beat();
    source.listener.records(TOPIC.name, 0, [record(0, 0, 'a', '{"broken'), record(0, 1, 'a')], 2, 2);
    await until(() => source.committed(0) === 2);
    expect(dead[0]!.reason).toMatch(/invalid record: the value is not JSON/);
    expect(seen).toEqual([1]);
  });

  it('waits without using up attempts while a dependency is unavailable', async () => {
    let calls = 0;
    const attempts: number[] = [];
    const { source, dead } = await rig(
      async (d) => {
        attempts.push(d.attempt);
        if (++calls < 10) throw new Unavailable('redis', 'gone');
        return done;
      },
      { attempts: 2 },
    );
    source.assign(0);
    source.beat();
    source.push(0, [0, 'a']);
    await until(() => source.committed(0) === 1);
    expect(new Set(attempts)).toEqual(new Set([1]));
    expect(dead).toEqual([]);
  });

  it('a blocked lane holds no worker and finds its memo again', async () => {
    const gate = deferred();
    const ended: number[] = [];
    const { source } = await rig(
      async (d) => {
        if (d.offset < 50 && !d.memo) {
          d.memo = 'seen';
          return blocked('waits', gate.promise);
        }
        ended.push(d.offset);
        return done;
      },
      { workers: 1 },
    );
    source.assign(0);
    source.beat();
    source.push(0, ...Array.from({ length: 51 }, (_, n) => [n, `k${n}`] as [number, string]));
    await until(() => ended.length === 1);
    expect(ended).toEqual([50]);
    gate.resolve();
    await until(() => ended.length === 51);
  });

  it('stops a partition whose fence is lost until two further heartbeats have admitted it anew', async () => {
    const tokens: string[] = [];
    let admissions = 0;
    const gate: PartitionGate = { admit: async () => `token${++admissions}` };
    const { source } = await rig(
      async (d) => {
        tokens.push(d.fence);
        if (d.fence === 'token1') throw new FenceLost(d.partition);
        return done;
      },
      { gate },
    );
    source.assign(0);
    source.beat();
    source.push(0, [0, 'a']);
    await until(() => tokens.length === 1);
    await tick();
    source.beat();
    await tick();
    expect(tokens).toEqual(['token1']);
    source.beat();
    await until(() => source.committed(0) === 1);
    expect(tokens).toEqual(['token1', 'token2']);
  });

  it('admits a partition anew when somebody else finds that its fence is lost', async () => {
    let admissions = 0;
    const gate: PartitionGate = { admit: async () => `token${++admissions}` };
    const { source, consumer } = await rig(async () => done, { gate });
    source.assign(0);
    source.beat();
    await until(() => consumer.problem() === undefined);
    consumer.fenceLost(0);
    consumer.fenceLost(7);
    expect(consumer.problem()).toMatch(/fence was lost/);
    source.beat();
    source.beat();
    await until(() => consumer.problem() === undefined);
    expect(admissions).toBe(2);
  });

  it('asks a gate that refused again after two heartbeats, and says why it is not ready', async () => {
    let calls = 0;
    const gate: PartitionGate = {
      admit: async () => {
        if (++calls < 2) throw new Error('superseded');
        return 'token';
      },
    };
    const { source, consumer } = await rig(async () => done, { gate });
    expect(consumer.problem()).toMatch(/not joined/);
    source.assign(0);
    source.beat();
    await tick();
    expect(consumer.problem()).toMatch(/superseded/);
    source.beat();
    source.beat();
    await tick();
    expect(consumer.problem()).toBeUndefined();
  });

  it('does not run a record beside its own earlier attempt when the partition comes back', async () => {
    const first = deferred();
    const runs: string[] = [];
    let parallel = 0;
    let most = 0;
    const { source } = await rig(async (d) => {
      most = Math.max(most, ++parallel);
      runs.push(`${d.offset}@${d.fence}`);
      if (runs.length === 1) await first.promise;
      parallel--;
      return done;
    });
    source.assign(0);
    source.beat();
    source.push(0, [0, 'a']);
    await tick();
    source.assign(1);
    source.beat();
    source.assign(0);
    source.beat();
    source.push(0, [0, 'a']);
    await tick();
    expect(runs).toHaveLength(1);
    first.resolve();
    await until(() => source.committed(0) === 1);
    expect(runs).toEqual(['0@unfenced:1', '0@unfenced:3']);
    expect(most).toBe(1);
  });

  it('commits nothing of a partition that was taken away, even when its work ends later', async () => {
    const gate = deferred();
    const { source } = await rig(async () => (await gate.promise, done));
    source.assign(0, 1);
    source.beat();
    source.push(0, [0, 'a']);
    await tick();
    source.assign(1);
    source.beat();
    gate.resolve();
    await tick();
    source.push(1, [0, 'b']);
    await until(() => source.committed(1) === 1);
    // What it held may have been committed as unfinished while it was ours.
    expect(source.committed(0) ?? 0).toBe(0);
  });

  it('begins anew where the group stands when it was dropped from it meanwhile', async () => {
    const first = deferred();
    const seen: string[] = [];
    const { source } = await rig(async (d) => {
      seen.push(`${d.offset}@${d.fence}`);
      if (seen.length === 1) await first.promise;
      return done;
    });
    source.assign(0);
    source.beat();
    source.push(0, [0, 'a'], [1, 'b'], [2, 'a']);
    await tick();
    // Another member has worked off all of it and the next one, and has left.
    source.generation += 2;
    source.listener.assigned(new Map());
    source.listener.assigned(new Map([[TOPIC.name, [0]]]));
    source.beat();
    source.push(0, [4, 'a']);
    first.resolve();
    await until(() => source.committed(0) === 5);
    expect(seen).toEqual(['0@unfenced:1', '1@unfenced:1', '4@unfenced:3']);
    expect(source.commits.filter(({ offset }) => offset < 4)).toEqual([]);
  });

  it('drops what a fetch repeats after a rebalance that kept the partition', async () => {
    const seen: number[] = [];
    const gate = deferred();
    const { source } = await rig(async (d) => {
      seen.push(d.offset);
      if (d.offset === 0) await gate.promise;
      return done;
    });
    source.assign(0);
    source.beat();
    source.push(0, [0, 'a'], [1, 'b']);
    await tick();
    source.listener.rebalancing();
    source.assign(0);
    source.beat();
    source.push(0, [0, 'a'], [1, 'b'], [2, 'c']);
    await tick();
    gate.resolve();
    await until(() => source.committed(0) === 3);
    expect(seen).toEqual([0, 1, 2]);
  });

  it('pauses a partition above its limits and resumes it below half of them', async () => {
    const gate = deferred();
    const { source } = await rig(async () => (await gate.promise, done), {
      limits: { records: 4, bytes: 1e9, distance: 1e9 },
    });
    source.assign(0);
    source.beat();
    source.push(0, [0, 'a'], [1, 'b'], [2, 'c'], [3, 'd']);
    expect(source.paused.size).toBe(1);
    gate.resolve();
    await until(() => source.paused.size === 0);
  });

  it('is not ready any more when its handlers make no progress', async () => {
    const gate = deferred();
    const { source, consumer } = await rig(async () => (await gate.promise, done), { stuckAfterMs: 20 });
    source.assign(0);
    source.beat();
    await tick();
    expect(consumer.problem()).toBeUndefined();
    source.push(0, [0, 'a']);
    await until(() => consumer.problem() !== undefined);
    expect(consumer.problem()).toMatch(/no progress .* with 1 records in work/);
    gate.resolve();
    await until(() => consumer.problem() === undefined);
  });

  it('hands a crash on', async () => {
    const { source, consumer, crashes } = await rig(async () => done);
    source.listener.crashed(new Error('group gone'));
    expect(crashes).toHaveLength(1);
    expect(consumer.problem()).toMatch(/crashed: group gone/);
  });
});
