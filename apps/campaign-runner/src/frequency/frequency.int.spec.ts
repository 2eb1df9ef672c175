import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RedisClient } from '@heliograph/redis';
import { testRedisUrl, uniqueNamespace } from '@heliograph/testing';
import fc from 'fast-check';
import { FrequencyStore } from './frequency.store.ts';

const DAY_MS = 86_400_000;
const CAP = { messages: 2, perSeconds: 86_400 };

let redis: RedisClient;
let store: FrequencyStore;
let contacts = 0;
beforeAll(async () => {
  redis = new RedisClient({ url: testRedisUrl(), namespace: uniqueNamespace('frequency') });
  await redis.whenUp();
  store = new FrequencyStore(redis);
});
afterAll(() => redis.close());

/** Messages to a contact of its own. */
function contact(): (messageId: string) => { tenant: string; subject: string; messageId: string } {
  const subject = `subject ${contacts++}`;
  return (messageId) => ({ tenant: 'acme', subject, messageId });
}

describe('a frequency cap', () => {
  it('counts messages of all campaigns, those without a cap too', async () => {
    const to = contact();
    expect(await store.reserve(to('a'), undefined)).toBe(true);
    expect(await store.reserve(to('b'), CAP)).toBe(true);
    expect(await store.reserve(to('c'), CAP)).toBe(false);
    expect(await store.reserve(to('c'), undefined)).toBe(true);
    expect(await store.reserve(contact()('c'), CAP)).toBe(true);
  });

  it('grants what is reserved again, also at once', async () => {
    const to = contact();
    const asked = ['a', 'b', 'a', 'c', 'b', 'c'].map((id) => store.reserve(to(id), CAP));
    expect(await Promise.all(asked)).toEqual([true, true, true, false, true, false]);
    expect(await store.reserve(to('a'), CAP)).toBe(true);
  });

  it('counts a message that waits, whenever it was reserved, and one that went out until its period is over', async () => {
    const to = contact();
    const now = await redis.time();
    await store.reserve(to('waits'), CAP);
    await store.reserve(to('went out'), CAP);
    await store.settle(to('went out'), now - DAY_MS / 2);
    expect(await store.reserve(to('next'), CAP)).toBe(false);
    await store.settle(to('went out'), now - DAY_MS);
    expect(await store.reserve(to('next'), CAP)).toBe(true);
    expect(await store.reserve(to('one more'), CAP)).toBe(false);
  });

  it('does not count what was given back; a repeat of what was told before changes nothing', async () => {
    const to = contact();
    await store.reserve(to('a'), CAP);
    await store.reserve(to('b'), CAP);
    await store.settle(to('a'), undefined);
    await store.settle(to('a'), await redis.time());
    expect(await store.reserve(to('c'), CAP)).toBe(true);
    expect(await store.reserve(to('d'), CAP)).toBe(false);
  });

  it('is never exceeded in any period, in whatever order messages are reserved and go out', async () => {
    const steps = fc.array(fc.record({ message: fc.nat(9), step: fc.constantFrom('reserve', 'send', 'fail') }), {
      minLength: 10,
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(steps, async (taken) => {
        const to = contact();
        const cap = { messages: 2, perSeconds: 1_000 };
        const reserved = new Set<number>();
        const over = new Set<number>();
        // Redis' clock stands still for a period of this length, so all that goes out does so within one.
        for (const { message, step } of taken) {
          const of = to(String(message));
          if (step === 'reserve' && !over.has(message) && (await store.reserve(of, cap))) reserved.add(message);
          if (step === 'reserve' || !reserved.has(message)) continue;
          await store.settle(of, step === 'send' ? await redis.time() : undefined);
          if (step === 'fail') reserved.delete(message);
          over.add(message);
        }
        expect(reserved.size).toBeLessThanOrEqual(2);
      }),
      { numRuns: 30 },
    );
  });
});
