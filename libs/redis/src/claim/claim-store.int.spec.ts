import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FenceLost } from '@heliograph/runtime';
import { connectRedis } from '../../test/shared-redis.ts';
import type { RedisClient } from '../client/redis-client.ts';
import { FencedGate } from '../fence/fenced-gate.ts';
import { fenceKey, partitionKey } from '../keys.ts';
import { ClaimStore } from './claim-store.ts';

const P = 2;
const HERE = 'webhook.received.v1/2/17';
const ELSEWHERE = 'webhook.received.v1/2/90';
const GO = { kind: 'go' };
const REPEAT = { kind: 'repeat' };

let redis: RedisClient;
let claims: ClaimStore;
let gate: FencedGate;
let group: string;
let fence: string;
let id: string;

const claim = (origin: string, note?: string) => claims.claim(P, { id, origin, note }, fence);
const finish = (state: 'done' | 'dead' | 'parked', origin = HERE, note?: string) =>
  claims.finish(P, { id, origin, state, note });

beforeAll(async () => void (redis = await connectRedis()));
afterAll(() => redis.close());
beforeEach(async () => {
  group = `g-${randomUUID()}`;
  id = `event-${randomUUID()}`;
  claims = new ClaimStore(redis, { group });
  gate = new FencedGate(redis, { group });
  fence = await gate.admit(P, 1);
});

describe('while nobody has claimed the id', () => {
  it('a record goes on', async () => expect(await claim(HERE)).toEqual(GO));
});

describe.each(['open', 'parked', 'dead'] as const)('while the claim is %s', (state) => {
  beforeEach(async () => {
    await claim(HERE);
    if (state !== 'open') await finish(state);
  });

  it('the record of the same origin goes on: a redelivery, or a parked or replayed copy', async () => {
    expect(await claim(HERE)).toEqual(GO);
  });

  it('a record of another origin is a repeat', async () => {
    expect(await claim(ELSEWHERE)).toEqual(REPEAT);
    expect(await claim(HERE)).toEqual(GO);
  });

  it('a copy that has gone on keeps the origin, so that a second copy goes on, too', async () => {
    await claim(HERE);
    await finish('dead');
    expect(await claim(HERE)).toEqual(GO);
    expect(await claim(ELSEWHERE)).toEqual(REPEAT);
  });

  it('it can become done', async () => {
    await finish('done');
    expect(await claim(HERE)).toEqual(REPEAT);
  });
});

describe('while the claim is done', () => {
  beforeEach(async () => {
    await claim(HERE);
    await finish('done');
  });

  it('every record is a repeat, its own redelivery too', async () => {
    expect([await claim(HERE), await claim(ELSEWHERE)]).toEqual([REPEAT, REPEAT]);
  });

  it.each(['dead', 'parked'] as const)('%s does not overwrite it', async (state) => {
    await finish(state);
    expect(await claim(HERE)).toEqual(REPEAT);
  });
});

describe('the fence', () => {
  it('refuses the claim of an older generation, which then claims nothing', async () => {
    const zombie = fence;
    fence = await gate.admit(P, 2);
    await expect(claims.claim(P, { id, origin: ELSEWHERE }, zombie)).rejects.toThrow(FenceLost);
    expect(await claim(HERE)).toEqual(GO);
  });

  it('refuses every claim while it is missing', async () => {
    await redis.client.del(fenceKey(P, group));
    await expect(claim(HERE)).rejects.toThrow(FenceLost);
    expect(await redis.client.exists(partitionKey(P, 'claim', id))).toBe(0);
  });

  it('does not refuse what an older generation has finished: it has happened', async () => {
    await claim(HERE);
    fence = await gate.admit(P, 2);
    await finish('done');
    expect(await claim(HERE)).toEqual(REPEAT);
  });

  it('does not let a dead letter of an older generation undo what its successor did', async () => {
    await claim(HERE);
    fence = await gate.admit(P, 2);
    await claim(HERE);
    await finish('done');
    await finish('dead');
    expect(await claim(HERE)).toEqual(REPEAT);
  });
});

describe('a claim that Redis has lost', () => {
  it('is done after its holder finishes, whatever was claimed meanwhile', async () => {
    await finish('done');
    expect(await claim(ELSEWHERE)).toEqual(REPEAT);
  });

  it('stays with whoever claimed it meanwhile when a former holder dead-letters its record', async () => {
    await claim(ELSEWHERE);
    await finish('dead', HERE);
    expect([await claim(HERE), await claim(ELSEWHERE)]).toEqual([REPEAT, GO]);
  });
});

describe('the note', () => {
  it('of the first claim is what every later one gets', async () => {
    expect(await claim(HERE, 'conversation-1')).toEqual({ kind: 'go', note: 'conversation-1' });
    expect(await claim(HERE, 'conversation-2')).toEqual({ kind: 'go', note: 'conversation-1' });
    await finish('dead');
    expect(await claim(HERE)).toEqual({ kind: 'go', note: 'conversation-1' });
  });

  it('may be added later, replaced by finish, and hold several lines', async () => {
    expect(await claim(HERE)).toEqual(GO);
    await finish('parked', HERE, 'two\nlines');
    expect(await claim(HERE)).toEqual({ kind: 'go', note: 'two\nlines' });
  });
});

describe('many claims at once', () => {
  it('are judged one after the other, in order', async () => {
    const requests = [HERE, ELSEWHERE, HERE].map((origin) => ({ id, origin }));
    const answers = await claims.claimMany(P, [...requests, { id: `${id}-b`, origin: ELSEWHERE, note: 'n' }], fence);
    expect(answers).toEqual([GO, REPEAT, GO, { kind: 'go', note: 'n' }]);
  });

  it('are finished at once, each in its own way', async () => {
    await claims.finishMany(P, [
      { id, origin: HERE, state: 'done' },
      { id: `${id}-b`, origin: HERE, state: 'dead', note: 'n' },
    ]);
    const answers = await claims.claimMany(
      P,
      [
        { id, origin: HERE },
        { id: `${id}-b`, origin: HERE },
      ],
      fence,
    );
    expect(answers).toEqual([REPEAT, { kind: 'go', note: 'n' }]);
  });

  it('may be none', async () => {
    expect(await claims.claimMany(P, [], fence)).toEqual([]);
    await claims.finishMany(P, []);
  });

  it('of one id at the same instant are one go', async () => {
    const origins = Array.from({ length: 30 }, (_, offset) => `webhook.received.v1/2/${offset}`);
    const answers = await Promise.all(origins.map((origin) => claim(origin)));
    expect(answers.filter(({ kind }) => kind === 'go')).toHaveLength(1);
  });
});

describe('a claim is kept', () => {
  const DAY_MS = 86_400_000;

  it('for 7 days after its last change', async () => {
    await claim(HERE);
    const left = await redis.client.pttl(partitionKey(P, 'claim', id));
    expect(left).toBeGreaterThan(7 * DAY_MS - 10_000);
    expect(left).toBeLessThanOrEqual(7 * DAY_MS);
  });

  it('never for less than 24 hours', () => {
    expect(() => new ClaimStore(redis, { group, keepMs: DAY_MS - 1 })).toThrow(/keepMs must be at least 86400000/);
    expect(() => new ClaimStore(redis, { group, keepMs: DAY_MS })).not.toThrow();
  });
});
