import { describe, expect, it } from '@jest/globals';
import { LedgerFixture } from '../../test/ledger-fixture.ts';

const at = LedgerFixture.use();

describe('a message that is set aside', () => {
  const setAside = (asked?: string) =>
    at.ledger.setAside(at.partition, at.id, {
      fence: at.fence,
      resolveAfterMs: 60_000,
      ...(asked !== undefined && { asked }),
    });

  it('leaves nothing behind, and begins later like any other', async () => {
    expect(await setAside()).toEqual({ kind: 'set-aside' });
    expect(await at.redis.client.exists(at.key)).toBe(0);
    expect(await at.begun()).toMatchObject({ possiblyRepeated: false });
  });

  it('is set aside after an attempt that had no effect', async () => {
    const { attempt } = await at.begun();
    await at.finish(attempt, 'retryable');
    expect(await setAside()).toEqual({ kind: 'set-aside' });
    expect(await at.begun()).toMatchObject({ possiblyRepeated: false });
  });

  it('waits for an attempt in flight', async () => {
    const { attempt } = await at.begun();
    expect(await setAside()).toMatchObject({ kind: 'wait', attempt });
  });

  it('is in doubt while the outcome of an attempt is unknown, and asked about where the provider can be asked', async () => {
    const { attempt } = await at.leaveUnknown();
    expect(await setAside('')).toEqual({ kind: 'ask', attempt });
    expect(await setAside(attempt)).toMatchObject({ kind: 'resolved', state: 'in-doubt' });
  });

  it('says how it ended when it has', async () => {
    const { attempt } = await at.begun();
    await at.finish(attempt, 'confirmed');
    expect(await setAside()).toMatchObject({ kind: 'resolved', state: 'confirmed' });
  });
});
