import { describe, expect, it } from '@jest/globals';
import { statusStep } from './message-status.ts';

describe('message status', () => {
  it.each([
    ['queued', 'sent', 'forward'],
    ['queued', 'failed', 'forward'],
    ['unresolved', 'sent', 'forward'],
    ['sent', 'delivered', 'forward'],
    ['sent', 'read', 'forward'],
    ['sent', 'failed', 'forward'],
    ['delivered', 'read', 'forward'],
    ['sent', 'sent', 'stale'],
    ['delivered', 'sent', 'stale'],
    ['read', 'delivered', 'stale'],
    ['failed', 'sent', 'stale'],
    ['delivered', 'failed', 'stale'],
    ['read', 'failed', 'stale'],
    ['sent', 'unresolved', 'stale'],
    ['failed', 'delivered', 'overturned'],
    ['failed', 'read', 'overturned'],
  ] as const)('%s, then %s reported: %s', (present, reported, step) => {
    expect(statusStep(present, reported)).toBe(step);
  });
});
