import { describe, expect, it } from '@jest/globals';
import { UnknownConversations } from './unknown-conversations.ts';

describe('waiting for provider conversations', () => {
  it('is given up a minute after the first event, for all events of the conversation', () => {
    let now = 1_000_000;
    const unknown = new UnknownConversations(() => now);
    expect(unknown.givenUp('a', 'c1')).toBe(false);
    now += 59_999;
    expect(unknown.givenUp('a', 'c1')).toBe(false);
    now += 1;
    expect(unknown.givenUp('a', 'c1')).toBe(true);
    expect(unknown.givenUp('a', 'c1')).toBe(true);
  });

  it('is a matter of each account and conversation by itself', () => {
    let now = 0;
    const unknown = new UnknownConversations(() => now);
    unknown.givenUp('a', 'c1');
    now += 60_000;
    expect(unknown.givenUp('a', 'c2')).toBe(false);
    expect(unknown.givenUp('b', 'c1')).toBe(false);
    expect(unknown.givenUp('a', 'c1')).toBe(true);
  });

  it('takes bounded memory: of very many the oldest is forgotten', () => {
    let now = 0;
    const unknown = new UnknownConversations(() => now);
    for (let i = 0; i <= 10_000; i++) unknown.givenUp('a', `c${i}`);
    now += 60_000;
    expect(unknown.givenUp('a', 'c10000')).toBe(true);
    expect(unknown.givenUp('a', 'c0')).toBe(false);
  });
});
