import { describe, expect, it } from '@jest/globals';
import { LedgerFixture } from '../../test/ledger-fixture.ts';
import { partitionKey } from '../keys.ts';

const at = LedgerFixture.use();

describe('the window', () => {
  const window = () => ({ key: partitionKey(at.partition, 'window', at.id), notBefore: 1_000 });
  const open = (moment: number) => at.redis.client.set(window().key, moment);

  it.each([
    ['missing', undefined, 'window-closed'],
    ['before the moment asked for', 999, 'window-closed'],
    ['at the moment asked for', 1_000, 'begun'],
    ['after it', 1_000.5, 'begun'],
  ])('%s: %s', async (_title, moment, kind) => {
    if (moment !== undefined) await open(moment);
    expect((await at.begin({ window: window() })).kind).toBe(kind);
    expect(await at.redis.client.exists(at.key)).toBe(kind === 'begun' ? 1 : 0);
  });

  it('closed, and an earlier outcome unknown: in doubt', async () => {
    await open(1_000);
    await at.leaveUnknown({ window: window() });
    await open(10);
    expect(await at.begin({ window: window() })).toMatchObject({ kind: 'resolved', state: 'in-doubt' });
  });

  it('closed, and the answer of a begin lost: nothing is in flight', async () => {
    await open(1_000);
    const attempt = at.ledger.newAttempt();
    await at.begun({ window: window(), attempt });
    await open(10);
    expect(await at.begin({ window: window(), attempt })).toEqual({ kind: 'window-closed' });
    expect(await at.refuse()).toMatchObject({ state: 'rejected' });
  });

  it('does not matter for what is settled or in flight', async () => {
    const { attempt } = await at.begun();
    expect(await at.begin({ window: window() })).toMatchObject({ kind: 'wait' });
    await at.finish(attempt, 'confirmed');
    expect(await at.begin({ window: window() })).toMatchObject({ state: 'confirmed' });
  });
});
