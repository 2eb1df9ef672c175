import { describe, expect, it } from '@jest/globals';
import { LedgerFixture } from '../../test/ledger-fixture.ts';

const at = LedgerFixture.use();
const asked = '';

describe('an attempt of unknown outcome, at a provider that can be asked', () => {
  it('is asked about before anything is decided, by whoever comes', async () => {
    const { attempt } = await at.leaveUnknown();
    expect(await at.begin({ asked })).toEqual({ kind: 'ask', attempt });
    expect(await at.refuse('too late', { asked })).toEqual({ kind: 'ask', attempt });
    expect(await at.begin({ asked })).toEqual({ kind: 'ask', attempt });
  });

  it('is not asked about while it may still arrive', async () => {
    const { attempt } = await at.begun();
    expect(await at.begin({ asked })).toMatchObject({ kind: 'wait', attempt });
  });

  it('that arrived is confirmed, unmarked', async () => {
    const { attempt } = await at.leaveUnknown();
    expect(await at.finish(attempt, 'confirmed', 'found')).toBe(true);
    const found = { state: 'confirmed', possiblyRepeated: false, result: 'found' };
    expect(await at.begin({ asked })).toMatchObject(found);
  });

  it('that never arrived is followed by another one, unmarked, for campaigns too', async () => {
    const { attempt } = await at.leaveUnknown({ resends: 0 });
    expect(await at.finish(attempt, 'retryable')).toBe(true);
    expect(await at.begin({ asked, resends: 0 })).toMatchObject({ kind: 'begun', possiblyRepeated: false });
  });

  it('that the provider cannot tell of goes by the policy of its class', async () => {
    const { attempt } = await at.leaveUnknown();
    expect(await at.begin({ asked: attempt })).toMatchObject({ kind: 'begun', possiblyRepeated: true });
  });

  it('is asked about again when it is another one', async () => {
    const first = await at.leaveUnknown();
    const second = await at.leaveUnknown({ asked: first.attempt });
    expect(await at.begin({ asked: first.attempt })).toEqual({ kind: 'ask', attempt: second.attempt });
    expect(await at.begin({ asked: second.attempt })).toMatchObject({ kind: 'resolved', state: 'in-doubt' });
  });
});
