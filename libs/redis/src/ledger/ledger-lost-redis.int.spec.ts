import { describe, expect, it } from '@jest/globals';
import { LedgerFixture, SOON } from '../../test/ledger-fixture.ts';
import { LedgerStore } from './ledger-store.ts';

const at = LedgerFixture.use();

describe('after Redis was lost', () => {
  const longAgo = async () => (await at.redis.time()) - 3_600_000;

  it('a command read before counts as one attempt of unknown outcome, and is marked', async () => {
    const doubtful = { doubtfulSince: await longAgo() };
    const first = await at.leaveUnknown(doubtful);
    expect(first.possiblyRepeated).toBe(true);
    expect(await at.begin(doubtful)).toMatchObject({ state: 'in-doubt', possiblyRepeated: true });
  });

  it('a campaign command read before is in doubt', async () => {
    const answer = await at.begin({ doubtfulSince: await longAgo(), resends: 0 });
    expect(answer).toMatchObject({ state: 'in-doubt', possiblyRepeated: true });
  });

  it('waits until nothing begun before the loss can arrive any more', async () => {
    const doubtfulSince = (await at.redis.time()) - 1_000;
    const answer = await at.begin({ doubtfulSince, resolveAfterMs: 10_000 });
    expect(answer.kind).toBe('wait');
    expect((answer as { waitMs: number }).waitMs).toBeLessThanOrEqual(9_000);
    expect((answer as { waitMs: number }).waitMs).toBeGreaterThan(5_000);
  });

  it('the same attempt id does not skip that wait', async () => {
    const options = { doubtfulSince: await at.redis.time(), attempt: at.ledger.newAttempt() };
    expect([(await at.begin(options)).kind, (await at.begin(options)).kind]).toEqual(['wait', 'wait']);
  });

  it('a command read before is in doubt, not rejected, when it is refused', async () => {
    const doubtful = { doubtfulSince: await longAgo(), resolveAfterMs: SOON };
    expect(await at.refuse('expired', doubtful)).toMatchObject({ state: 'in-doubt', possiblyRepeated: true });
  });

  it('a published outcome that was restored is told again, with its mark', async () => {
    const outcome = { state: 'confirmed', attempt: 'a.1', possiblyRepeated: true, result: 'r' } as const;
    expect(await at.ledger.restore(at.partition, [{ entryId: at.id, ...outcome }])).toBe(1);
    expect(await at.begin({ doubtfulSince: await longAgo() })).toEqual({ kind: 'resolved', ...outcome });
  });

  it('a restore leaves alone what was begun since', async () => {
    const { attempt } = await at.begun();
    const old = { entryId: at.id, state: 'rejected', attempt: 'a.1', possiblyRepeated: false, result: '' } as const;
    expect(await at.ledger.restore(at.partition, [old])).toBe(0);
    expect(await at.finish(attempt, 'confirmed')).toBe(true);
  });

  it('an unfinished entry of the run before counts as doubtful: a later begin may be missing from the file', async () => {
    const { attempt } = await at.begun();
    await at.finish(attempt, 'retryable');
    await at.redis.client.hset(at.key, 'run', 'the-run-before');
    expect(await at.begin({ doubtfulSince: await longAgo() })).toMatchObject({ kind: 'begun', possiblyRepeated: true });
  });

  it('an outcome of the run before still counts', async () => {
    const { attempt } = await at.begun();
    await at.finish(attempt, 'confirmed', 'r');
    await at.redis.client.hset(at.key, 'run', 'the-run-before');
    expect(await at.begin({ doubtfulSince: await longAgo() })).toMatchObject({
      state: 'confirmed',
      possiblyRepeated: false,
    });
  });

  it('attempt ids of two processes are never the same', () => {
    const ids = [at.ledger, new LedgerStore(at.redis, { group: at.group })].flatMap((one) => [
      one.newAttempt(),
      one.newAttempt(),
    ]);
    expect(new Set(ids).size).toBe(4);
  });
});
