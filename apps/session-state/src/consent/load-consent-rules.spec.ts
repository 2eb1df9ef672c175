import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CONSENT_KEY } from '../../test/fold-rules.ts';
import { loadConsentRules } from './load-consent-rules.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'heliograph-consent-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function load(tenants: unknown) {
  const path = join(folder, 'consent.json');
  writeFileSync(path, JSON.stringify({ tenants }));
  return loadConsentRules(CONSENT_KEY, path);
}

describe('the consent file', () => {
  it('is not needed: every known word counts', () => {
    const rules = loadConsentRules(CONSENT_KEY, undefined);
    expect(rules.keyword('acme', 'arrêt')?.meaning).toBe('opt-out');
  });

  it('adds words, and says whose known words count, English always', () => {
    const rules = load([
      { tenant: 'acme', languages: ['de'], keywords: [{ language: 'pl', meaning: 'opt-out', words: ['Rezygnuję'] }] },
    ]);
    const found = ['rezygnuje', 'stop', 'stopp', 'arrêt'].map((text) => rules.keyword('acme', text)?.language);
    expect(found).toEqual(['pl', 'en', 'de', undefined]);
    expect(rules.keyword('other', 'arrêt')?.language).toBe('fr');
  });

  it('is refused with every problem', () => {
    const keywords = [{ language: 'pl', meaning: 'opt-out', words: ['?'] }];
    expect(() => load([{ tenant: 'acme', keywords }, { tenant: 'acme' }])).toThrow(
      'tenants[0].keywords[0].words[0] has no letter and no digit; tenants[1].tenant is that of tenants[0], too',
    );
    expect(() => load([{ tenant: 'acme', replys: [] }])).toThrow('tenants[0].replys is not a known field');
    expect(() => load([{ tenant: 'acme', languages: ['xx'] }])).toThrow('languages');
  });
});
