import { describe, expect, it } from '@jest/globals';
import { readIdempotencyKey } from './idempotency-key.ts';

describe('the Idempotency-Key header', () => {
  it('is read whatever the case of its name', () => {
    expect(readIdempotencyKey(['host', 'a', 'idempotency-KEY', 'order 1/a'])).toBe('order 1/a');
    expect(readIdempotencyKey(['Idempotency-Key', 'x'.repeat(255)])).toHaveLength(255);
  });

  it.each([
    ['missing', ['host', 'Idempotency-Key'], 'header is required'],
    ['empty', ['Idempotency-Key', ''], 'header is required'],
    ['too long', ['Idempotency-Key', 'x'.repeat(256)], 'has 256 characters; at most 255'],
    ['not printable', ['Idempotency-Key', 'a\tb'], 'not printable ASCII'],
    ['not ASCII', ['Idempotency-Key', 'schlüssel'], 'not printable ASCII'],
    ['given twice', ['Idempotency-Key', 'a', 'idempotency-key', 'b'], 'more than once'],
  ])('is refused when it is %s', (_, headers, reason) => {
    expect(() => readIdempotencyKey(headers)).toThrow(reason);
  });
});
