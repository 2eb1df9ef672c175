import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ApiKeys } from './api-keys.ts';

function keyFile(entries: unknown, keys: Record<string, string> = {}): string {
  const dir = mkdtempSync(join(tmpdir(), 'heliograph-api-keys-'));
  for (const [name, key] of Object.entries(keys)) writeFileSync(join(dir, name), key);
  const file = join(dir, 'keys.json');
  writeFileSync(file, typeof entries === 'string' ? entries : JSON.stringify(entries));
  return file;
}

describe('API keys', () => {
  const file = keyFile(
    [
      { name: 'crm', tenant: 'acme', keyFile: 'crm.key' },
      { name: 'shop', tenant: 'globex', keyFile: 'shop.key' },
    ],
    { 'crm.key': 'crm-key-0123456789\n', 'shop.key': 'shop-key-0123456789' },
  );

  it('open the tenant they are written for, and nothing else opens one', () => {
    const keys = ApiKeys.read(file);
    expect(keys.callerOf('crm-key-0123456789')).toEqual({ name: 'crm', tenant: 'acme' });
    expect(keys.callerOf('shop-key-0123456789')).toEqual({ name: 'shop', tenant: 'globex' });
    for (const wrong of ['', 'crm-key-0123456789 ', 'crm-key-012345678', 'CRM-KEY-0123456789', 'ключ']) {
      expect(keys.callerOf(wrong)).toBeUndefined();
    }
  });

  it.each([
    ['is no JSON', '{', {}, /keys\.json: /],
    ['is no list', '{}', {}, /must be a list/],
    ['lacks a tenant', [{ name: 'a', keyFile: 'k' }], {}, /\[0\]\.tenant: must be/],
    ['has an entry that is no object', [null], {}, /\[0\]\.name: must be/],
    ['names a key file that is not there', [{ name: 'a', tenant: 't', keyFile: 'k' }], {}, /\[0\]\.keyFile: ENOENT/],
    ['holds a short key', [{ name: 'a', tenant: 't', keyFile: 'k' }], { k: 'short' }, /fewer than 16/],
    [
      'holds one key twice',
      [
        { name: 'a', tenant: 't', keyFile: 'k' },
        { name: 'b', tenant: 'u', keyFile: 'l' },
      ],
      { k: 'same-key-0123456789', l: 'same-key-0123456789' },
      /\[1\]\.keyFile: holds the same key as "a"/,
    ],
  ])('are refused at start when the file %s', (_, entries, keys, reason) => {
    expect(() => ApiKeys.read(keyFile(entries, keys))).toThrow(reason);
  });
});
