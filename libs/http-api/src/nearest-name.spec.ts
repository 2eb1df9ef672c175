import { describe, expect, it } from '@jest/globals';
import { CONTENT_TYPES } from '@heliograph/contracts';
import { nearestName } from './nearest-name.ts';

describe('the nearest content type (guide 004, "Invalid content type")', () => {
  it.each([
    ['quickreply', 'quick-reply'],
    ['quickReply', 'quick-reply'],
    ['QUICK_REPLY', 'quick-reply'],
    ['quick-replies', 'quick-reply'],
    ['txt', 'text'],
    ['Text', 'text'],
    ['cards', 'card'],
    ['imgae', undefined],
    ['images', 'image'],
    ['locaton', 'location'],
    ['vidio', 'video'],
  ])('to "%s" is %s', (given, nearest) => {
    expect(nearestName(given, CONTENT_TYPES)).toBe(nearest);
  });

  it.each(['', 'carousel', 'x', '💥', 'a'.repeat(10_000)])('to "%s" is none', (given) => {
    expect(nearestName(given, CONTENT_TYPES)).toBeUndefined();
  });
});
