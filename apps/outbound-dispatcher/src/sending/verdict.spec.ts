import { describe, expect, it } from '@jest/globals';
import { NOT_SENT_CODES, REFUSAL_CODES, type CallResult } from '@heliograph/providers';
import { verdictOf } from './verdict.ts';

const settle = ({ id }: { id: string }) => ({ at: '', providerMessageId: id });
const verdict = (result: CallResult<{ id: string }>) => verdictOf(result, settle);

describe('what an answer means', () => {
  it('a success is confirmed with what is kept of it, and its moment', () => {
    const confirmed = verdict({ outcome: 'ok', value: { id: 'm1' } });
    expect(confirmed).toEqual({
      state: 'confirmed',
      settled: { providerMessageId: 'm1', at: expect.stringMatching(/^\d{4}-/) },
    });
  });

  it('a refusal is final, except where the conversation is gone: then the message can go elsewhere', () => {
    for (const code of REFUSAL_CODES) {
      const expected =
        code === 'conversation-closed' || code === 'not-found'
          ? { state: 'retryable', next: { kind: 'target-gone', reason: 'why' } }
          : { state: 'rejected', settled: { code, reason: 'why' } };
      expect(verdict({ outcome: 'refused', code, reason: 'why' })).toMatchObject(expected);
    }
  });

  it('whatever was not sent may be sent again without a mark', () => {
    for (const code of NOT_SENT_CODES) {
      expect(verdict({ outcome: 'not-sent', code, reason: 'why' }).state).toBe('retryable');
    }
    const throttled = verdict({ outcome: 'throttled', retryAt: 123, named: true, reason: 'why' });
    expect(throttled).toEqual({ state: 'retryable', next: { kind: 'pause', until: 123 } });
  });

  it('an unknown outcome stays in flight', () => {
    expect(verdict({ outcome: 'unknown', reason: 'why' })).toEqual({ state: 'inflight', reason: 'why' });
  });
});
