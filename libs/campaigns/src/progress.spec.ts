import { describe, expect, it } from '@jest/globals';
import { progressOf, type PartitionCounts } from './progress.ts';

describe('the progress of a campaign', () => {
  it('counts every recipient once, over all partitions', () => {
    const progress = progressOf(100, [
      {
        'is:given': '5',
        'is:held': '2',
        'is:sent': '10',
        'is:delivered': '20',
        'is:read': '4',
        repeated: '1',
        next: '77',
      },
      { 'is:failed': '3', 'failed:expired': '2', 'failed:provider-refused': '1', 'is:suppressed': '6', replies: '2' },
      { 'is:failed': '1', 'failed:expired': '1', 'is:unresolved': '1', optOuts: '1' },
    ]);
    expect(progress).toEqual({
      accepted: 99,
      waiting: 49,
      underWay: 5,
      sent: 34,
      delivered: 24,
      read: 4,
      failed: 4,
      failedBy: { expired: 3, 'provider-refused': 1 },
      suppressed: 6,
      unresolved: 1,
      replies: 2,
      optOuts: 1,
    });
  });

  it('counts a message that goes on by another channel as under way, until it is known there', () => {
    expect(progressOf(1, [{ 'is:diverted': '1' }])).toMatchObject({ underWay: 1, sent: 0, waiting: 0 });
    const known: PartitionCounts[] = [{ 'is:diverted': '1' }, { elsewhere: '1', 'is:sent': '1' }];
    expect(progressOf(1, known)).toMatchObject({ underWay: 0, sent: 1, waiting: 0 });
  });

  it('has no fewer recipients than are known of, though an upload broke off before it was reported', () => {
    expect(progressOf(1, [{ 'is:sent': '2', 'is:held': '1' }])).toMatchObject({ accepted: 3, waiting: 1, sent: 2 });
  });
});
