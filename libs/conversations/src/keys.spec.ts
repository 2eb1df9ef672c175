import { describe, expect, it } from '@jest/globals';
import { deadlinesKey, entriesKey, messageKey, sessionKey, windowKey } from './keys.ts';

describe('keys of conversations', () => {
  it('share the hash tag of their partition, so that one script can take them with its fence', () => {
    expect([sessionKey(3, 'c'), windowKey(3, 'c')]).toEqual(['{p3}:session:c', '{p3}:window:c']);
    expect([entriesKey(3, 'c', 2), deadlinesKey(3)]).toEqual(['{p3}:entries:c:2', '{p3}:deadlines:session-state']);
  });

  it('find a message without its partition', () => {
    expect(messageKey('m')).toBe('msg:m');
  });
});
