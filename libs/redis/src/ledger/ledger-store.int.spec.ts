import { describe, expect, it } from '@jest/globals';
import { FenceLost } from '@heliograph/runtime';
import { LedgerFixture } from '../../test/ledger-fixture.ts';
import { fenceKey } from '../keys.ts';

const at = LedgerFixture.use();

describe('before anything was sent', () => {
  it('begins the first attempt, to be sent within the time asked for', async () => {
    const before = performance.now();
    const attempt = await at.begun({ sendWithinMs: 50 });
    expect(attempt).toMatchObject({ kind: 'begun', possiblyRepeated: false });
    expect(attempt.sendBy).toBeGreaterThanOrEqual(before + 50);
    expect(attempt.sendBy).toBeLessThan(performance.now() + 50);
  });

  it('refuses a message for good', async () => {
    const rejected = { kind: 'resolved', state: 'rejected', attempt: '', possiblyRepeated: false, result: 'too late' };
    expect(await at.refuse()).toEqual(rejected);
    expect(await at.begin()).toEqual(rejected);
  });

  it('takes no send-by that is not before resolve-after', async () => {
    await expect(at.begin({ sendWithinMs: 100, resolveAfterMs: 100 })).rejects.toThrow(/sendWithinMs must be less/);
  });
});

describe('while an attempt is in flight', () => {
  it('whoever asks waits until its resolve-after, its own process too', async () => {
    const { attempt } = await at.begun({ resolveAfterMs: 30_000 });
    const answer = await at.begin();
    expect(answer).toMatchObject({ kind: 'wait', attempt });
    const { waitMs } = answer as { waitMs: number };
    expect(waitMs).toBeGreaterThan(25_000);
    expect(waitMs).toBeLessThanOrEqual(30_000);
  });

  it('the owner of a later generation waits, too', async () => {
    await at.begun();
    at.fence = await at.gate.admit(at.partition, 2);
    expect(await at.begin()).toMatchObject({ kind: 'wait' });
  });

  it('a refusal waits, too', async () => {
    await at.begun();
    expect(await at.refuse()).toMatchObject({ kind: 'wait' });
  });

  it('nobody else has begun one at the same instant', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => at.begin()));
    expect(answers.filter(({ kind }) => kind === 'begun')).toHaveLength(1);
    expect(answers.filter(({ kind }) => kind === 'wait')).toHaveLength(19);
  });

  it('the same begin again, after a lost answer, begins the same attempt', async () => {
    const attempt = at.ledger.newAttempt();
    await at.begun({ attempt });
    expect(await at.begun({ attempt, resends: 0 })).toMatchObject({ attempt, possiblyRepeated: false });
  });

  it.each(['confirmed', 'rejected'] as const)('finishing it as %s settles it, with its result', async (state) => {
    const { attempt } = await at.begun();
    expect(await at.finish(attempt, state, 'said so')).toBe(true);
    const outcome = { kind: 'resolved', state, attempt, possiblyRepeated: false, result: 'said so' };
    expect([await at.begin(), await at.refuse()]).toEqual([outcome, outcome]);
  });

  it('finishing it as retryable lets the next attempt begin, unmarked', async () => {
    const first = await at.begun();
    expect(await at.finish(first.attempt, 'retryable')).toBe(true);
    const second = await at.begun();
    expect(second.possiblyRepeated).toBe(false);
    expect(second.attempt).not.toBe(first.attempt);
  });

  it('finishing it again in the same way is accepted, in another way refused', async () => {
    const { attempt } = await at.begun();
    await at.finish(attempt, 'confirmed', 'first');
    expect(await at.finish(attempt, 'confirmed', 'second')).toBe(true);
    expect(await at.finish(attempt, 'rejected')).toBe(false);
    expect(await at.begin()).toMatchObject({ state: 'confirmed', result: 'first' });
  });

  it('finishing an attempt that nobody began is refused', async () => {
    await at.begun();
    expect(await at.finish('other', 'confirmed')).toBe(false);
    expect(await at.ledger.finish(at.partition, `${at.id}-unknown`, 'other', 'confirmed')).toBe(false);
  });
});

describe('after resolve-after of an unfinished attempt', () => {
  it('a transactional message is sent once more, marked; after a second unknown outcome it is in doubt', async () => {
    const first = await at.leaveUnknown();
    const second = await at.leaveUnknown();
    expect(second).toMatchObject({ possiblyRepeated: true });
    expect(second.attempt).not.toBe(first.attempt);
    const inDoubt = {
      kind: 'resolved',
      state: 'in-doubt',
      attempt: second.attempt,
      possiblyRepeated: true,
      result: '',
    };
    expect(await at.begin()).toEqual(inDoubt);
    expect(await at.begin({ resends: 5 })).toEqual(inDoubt);
  });

  it('a campaign message is in doubt at once', async () => {
    const { attempt } = await at.leaveUnknown();
    expect(await at.begin({ resends: 0 })).toEqual({
      kind: 'resolved',
      state: 'in-doubt',
      attempt,
      possiblyRepeated: false,
      result: '',
    });
  });

  it('the mark stays when the resend is throttled and sent again', async () => {
    await at.leaveUnknown();
    const resent = await at.begun();
    await at.finish(resent.attempt, 'retryable');
    expect(await at.begun()).toMatchObject({ possiblyRepeated: true });
  });

  it('a message refused now is in doubt, not rejected', async () => {
    await at.leaveUnknown();
    expect(await at.refuse()).toMatchObject({ state: 'in-doubt', possiblyRepeated: false });
  });

  it('an answer that still comes counts as long as nobody has begun anew', async () => {
    const { attempt } = await at.leaveUnknown();
    expect(await at.finish(attempt, 'confirmed')).toBe(true);
    expect(await at.begin()).toMatchObject({ state: 'confirmed', possiblyRepeated: false });
  });

  it('an answer that comes after the next attempt began is refused', async () => {
    const first = await at.leaveUnknown();
    const second = await at.begun();
    expect(await at.finish(first.attempt, 'confirmed')).toBe(false);
    expect(await at.finish(second.attempt, 'confirmed')).toBe(true);
    expect(await at.begin()).toMatchObject({ state: 'confirmed', possiblyRepeated: true });
  });

  it('an answer that comes after the outcome was called in doubt is refused: it may be published', async () => {
    const { attempt } = await at.leaveUnknown();
    await at.begin({ resends: 0 });
    expect(await at.finish(attempt, 'confirmed')).toBe(false);
  });
});

describe('the fence', () => {
  it('refuses the begin of an older generation and of a missing fence, which then begins nothing', async () => {
    const zombie = at.fence;
    at.fence = await at.gate.admit(at.partition, 2);
    await expect(at.begin({ fence: zombie })).rejects.toThrow(FenceLost);
    await at.redis.client.del(fenceKey(at.partition, at.group));
    await expect(at.begin()).rejects.toThrow(FenceLost);
    expect(await at.redis.client.exists(at.key)).toBe(0);
  });

  it('does not refuse the answer that a zombie has in hand', async () => {
    const { attempt } = await at.begun();
    at.fence = await at.gate.admit(at.partition, 2);
    expect(await at.finish(attempt, 'confirmed', 'in hand')).toBe(true);
    expect(await at.begin()).toMatchObject({ state: 'confirmed', result: 'in hand' });
  });

  it('refuses the refusal of an older generation', async () => {
    const zombie = at.fence;
    await at.gate.admit(at.partition, 2);
    await expect(
      at.ledger.refuse(at.partition, at.id, { fence: zombie, resolveAfterMs: 1, result: '' }),
    ).rejects.toThrow(FenceLost);
  });
});

describe('an entry', () => {
  it('is kept for 7 days after its last change', async () => {
    const week = 7 * 86_400_000;
    await at.begun();
    expect(await at.redis.client.pttl(at.key)).toBeGreaterThan(week - 10_000);
    await at.ledger.restore(at.partition, [
      { entryId: `${at.id}-r`, state: 'confirmed', attempt: '', possiblyRepeated: false, result: '' },
    ]);
    expect(await at.redis.client.pttl(`${at.key}-r`)).toBeGreaterThan(week - 10_000);
  });
});

describe('a look at an entry', () => {
  it('tells how the message ended, and changes nothing while it has not', async () => {
    expect(await at.ledger.look(at.partition, at.id)).toBeUndefined();
    const { attempt } = await at.begun();
    expect(await at.ledger.look(at.partition, at.id)).toBe('open');
    await at.finish(attempt, 'confirmed', 'r');
    const ended = { kind: 'resolved', state: 'confirmed', attempt, possiblyRepeated: false, result: 'r' };
    expect(await at.ledger.look(at.partition, at.id)).toEqual(ended);
  });
});
