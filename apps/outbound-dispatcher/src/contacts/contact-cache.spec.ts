import { describe, expect, it } from '@jest/globals';
import { ContactCache } from './contact-cache.ts';

describe('remembered contacts', () => {
  it('are bounded: the one not used for longest is forgotten first', () => {
    const cache = new ContactCache(2);
    cache.set('acme', 'conv-1', 'contact-1');
    cache.set('acme', 'conv-2', 'contact-2');
    expect(cache.get('acme', 'conv-1')).toBe('contact-1');
    cache.set('acme', 'conv-3', 'contact-3');
    expect(['conv-1', 'conv-2', 'conv-3'].map((id) => cache.get('acme', id))).toEqual([
      'contact-1',
      undefined,
      'contact-3',
    ]);
    expect(cache.size).toBe(2);
  });

  it('of one account are not those of another, and the newest id of a conversation counts', () => {
    const cache = new ContactCache();
    cache.set('acme', 'conv-1', 'contact-1');
    cache.set('acme', 'conv-1', 'contact-9');
    expect([cache.get('acme', 'conv-1'), cache.get('globex', 'conv-1')]).toEqual(['contact-9', undefined]);
    cache.forget('acme', 'conv-1');
    expect(cache.get('acme', 'conv-1')).toBeUndefined();
  });
});
