import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FenceLost, Unavailable } from '@heliograph/runtime';
import { PrivateRedis, until } from '../../test/private-redis.ts';
import { RedisClient } from '../client/redis-client.ts';
import { fenceKey } from '../keys.ts';
import { FencedGate, isFenceInForce } from './fenced-gate.ts';

const P = 4;
const GROUP = 'workers';
const FENCED = {
  name: 'fenced',
  source: "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return redis.error_reply('FENCE lost') end return 1",
  sha: '0'.repeat(40),
  keys: 1,
};

let server: PrivateRedis;
let redis: RedisClient;
let rebuilds: string[];

const gate = () =>
  new FencedGate(redis, {
    group: GROUP,
    rebuild: (p, generation) => {
      rebuilds.push(`p${p} g${generation}`);
      return Promise.resolve();
    },
  });
const stored = () => redis.client.get(fenceKey(P, GROUP));
const holds = (token: string) =>
  redis.runFenced(FENCED, { partition: P, group: GROUP, token }, [], []).then(
    () => true,
    (error) => {
      if (error instanceof FenceLost) return false;
      throw error;
    },
  );
const token = (rest: string) => `${redis.runId}|${rest}`;

beforeAll(async () => {
  server = await PrivateRedis.start(['--appendonly', 'yes', '--appendfsync', 'always']);
  redis = new RedisClient({ url: server.url, namespace: '' });
});
beforeEach(async () => {
  await redis.whenUp();
  await redis.client.flushall();
  rebuilds = [];
});
afterAll(async () => {
  await redis.close();
  await server.end();
});

describe('a missing fence', () => {
  it('is put in force only after the partition was rebuilt', async () => {
    const seen: (string | null)[] = [];
    const slow = new FencedGate(redis, { group: GROUP, rebuild: async () => void seen.push(await stored()) });
    expect(await slow.admit(P, 3)).toBe(token('0.3'));
    expect(seen).toEqual([token('0.3|rebuilding')]);
    expect(await holds(token('0.3'))).toBe(true);
  });

  it('is in force for readers from the end of the rebuild to the next loss', async () => {
    const seen: boolean[] = [];
    const look = async (): Promise<void> => void seen.push(await isFenceInForce(redis, P, GROUP));
    await look();
    await new FencedGate(redis, { group: GROUP, rebuild: look }).admit(P, 3);
    await look();
    await redis.client.flushall();
    await look();
    expect(seen).toEqual([false, false, true, false]);
  });

  it('needs no rebuild where nothing is to be rebuilt', async () => {
    expect(await new FencedGate(redis, { group: GROUP }).admit(P, 3)).toBe(token('0.3'));
  });

  it('stays missing for everybody when the rebuild fails, and is rebuilt when asked again', async () => {
    let failures = 1;
    const failing = new FencedGate(redis, {
      group: GROUP,
      rebuild: () => (failures-- > 0 ? Promise.reject(new Unavailable('kafka', 'no leader')) : Promise.resolve()),
    });
    await expect(failing.admit(P, 3)).rejects.toThrow('no leader');
    expect(await holds(token('0.3'))).toBe(false);
    expect(await failing.admit(P, 3)).toBe(token('0.3'));
  });
});

describe('a fence in force', () => {
  beforeEach(async () => void (await gate().admit(P, 5)));

  it('is raised by a later generation, without a rebuild, and the earlier one has no effect any more', async () => {
    expect(await gate().admit(P, 6)).toBe(token('0.6'));
    expect(rebuilds).toEqual(['p4 g5']);
    expect([await holds(token('0.5')), await holds(token('0.6'))]).toEqual([false, true]);
  });

  it('is given to its own generation again', async () => {
    expect(await gate().admit(P, 5)).toBe(token('0.5'));
    expect(await holds(token('0.5'))).toBe(true);
  });

  it('is never raised by a lower generation: a zombie stays out and its successor is undisturbed', async () => {
    const zombie = gate().admit(P, 4);
    await expect(zombie).rejects.toThrow(FenceLost);
    await expect(zombie).rejects.toThrow(/generation 4 .* partition 4: .*\|0\.5 is higher/);
    expect(await holds(token('0.5'))).toBe(true);
    expect(await gate().admit(P, 6)).toBe(token('0.6'));
  });

  it('is of one partition and one group', async () => {
    expect(await gate().admit(P + 1, 2)).toBe(token('0.2'));
    expect(await new FencedGate(redis, { group: 'others' }).admit(P, 1)).toBe(token('0.1'));
    expect(await holds(token('0.5'))).toBe(true);
  });
});

describe('a group that was recreated and counts from 1 again', () => {
  it('starts a new epoch when the same stored fence refuses it a second time', async () => {
    await gate().admit(P, 9);
    const recreated = gate();
    await expect(recreated.admit(P, 1)).rejects.toThrow(FenceLost);
    expect(await recreated.admit(P, 1)).toBe(token('1.1'));
    expect([await holds(token('0.9')), await holds(token('1.1'))]).toEqual([false, true]);
    expect(await gate().admit(P, 2)).toBe(token('1.2'));
    expect(rebuilds).toEqual(['p4 g9']);
  });

  it('starts none when the stored fence has moved since: then somebody later is at work', async () => {
    await gate().admit(P, 9);
    const late = gate();
    await expect(late.admit(P, 1)).rejects.toThrow(FenceLost);
    await gate().admit(P, 10);
    await expect(late.admit(P, 1)).rejects.toThrow(FenceLost);
    expect(await holds(token('0.10'))).toBe(true);
  });

  it('starts none for another generation than the one refused', async () => {
    await gate().admit(P, 9);
    const late = gate();
    await expect(late.admit(P, 1)).rejects.toThrow(FenceLost);
    await expect(late.admit(P, 2)).rejects.toThrow(FenceLost);
  });
});

describe('two owners that rebuild at once', () => {
  /** A gate whose rebuild says that it has begun, and ends when it is told to. */
  function pausing() {
    let begun = () => {};
    let end = () => {};
    const hasBegun = new Promise<void>((resolve) => (begun = resolve));
    const mayEnd = new Promise<void>((resolve) => (end = resolve));
    const rebuild = () => (begun(), mayEnd);
    return { gate: new FencedGate(redis, { group: GROUP, rebuild }), hasBegun, end: () => end() };
  }

  it.each([
    ['the earlier one ends first', true],
    ['the later one ends first', false],
  ])('the later generation wins when %s', async (_title, earlierFirst) => {
    const [five, six] = [pausing(), pausing()];
    const earlier = five.gate.admit(P, 5);
    await five.hasBegun;
    const later = six.gate.admit(P, 6);
    await six.hasBegun;
    const refused = expect(earlier).rejects.toThrow('the rebuild was overtaken');
    (earlierFirst ? five : six).end();
    await (earlierFirst ? refused : later);
    (earlierFirst ? six : five).end();
    await refused;
    expect(await later).toBe(token('0.6'));
    expect([await holds(token('0.5')), await holds(token('0.6'))]).toEqual([false, true]);
  });
});

describe('a lost Redis', () => {
  it('that was flushed refuses the old fence, and the partition is rebuilt', async () => {
    const owner = gate();
    const held = await owner.admit(P, 5);
    await redis.client.flushall();
    expect(await holds(held)).toBe(false);
    expect(await owner.admit(P, 5)).toBe(held);
    expect(rebuilds).toEqual(['p4 g5', 'p4 g5']);
  });

  it('that was flushed during the rebuild makes the rebuild start anew', async () => {
    const flushed = new FencedGate(redis, {
      group: GROUP,
      rebuild: async () => {
        if (rebuilds.push('again') === 1) await redis.client.flushall();
      },
    });
    await expect(flushed.admit(P, 5)).rejects.toThrow('the rebuild was overtaken');
    expect(await flushed.admit(P, 5)).toBe(token('0.5'));
  });

  it.each([
    ['kept its file', false],
    ['was emptied', true],
  ])('that restarted and %s refuses the old fence, and the partition is rebuilt', async (_title, emptied) => {
    const owner = gate();
    const held = await owner.admit(P, 5);
    if (emptied) await redis.client.flushall();
    await server.down();
    await until('the connection is down', () => redis.runId === undefined);
    await expect(owner.admit(P, 5)).rejects.toThrow(Unavailable);
    await server.up();
    await redis.whenUp();
    expect(await stored()).toBe(emptied ? null : held);
    expect(await holds(held)).toBe(false);
    const again = await owner.admit(P, 5);
    expect([again === held, again, await holds(again)]).toEqual([false, token('0.5'), true]);
    expect(rebuilds).toEqual(['p4 g5', 'p4 g5']);
  });
});
