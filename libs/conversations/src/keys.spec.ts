import { describe, expect, it } from '@jest/globals';
import { messageKey, sessionKey, windowKey } from './keys.ts';

describe('keys of conversations', () => {
  it('share the hash tag of their partition, so that one script can take them with its fence', () => {
    expect([sessionKey(3, 'c'), windowKey(3, 'c')]).toEqual(['{p3}:session:c', '{p3}:window:c']);
  });

  it('find a message without its partition', () => {
    expect(messageKey('m')).toBe('msg:m');
  });
});
