import { describe, expect, it } from '@jest/globals';
import { answerText } from './answer-text.ts';

const json = (message: string, code?: string) => JSON.stringify({ message, code });

describe("the CRM's words in a reason", () => {
  it('are its message and code', () => {
    expect(answerText(json('text: is too long', 'bad.request'), [])).toBe('bad.request: text: is too long');
  });

  it('are its plain text when it sends no JSON, on one line', () => {
    expect(answerText('<h1>Bad\n  Gateway</h1>\u0000', [])).toBe('<h1>Bad Gateway</h1>');
    expect(answerText('', [])).toBe('');
    expect(answerText('null', [])).toBe('null');
  });

  it('are bounded', () => {
    expect(answerText('x'.repeat(100_000), [])).toHaveLength(300);
  });

  it('never quote what was sent: whole, cut, or escaped', () => {
    const hidden = ['I was born on 3 March "1970" in Ulm', '15550001234', 'acme~whatsapp~15550001234', 'no'];
    const shown = answerText(
      json('contact 15550001234: "I was born on 3 March…" no acme~whatsapp~15550001234 3 March \\"1970\\" in nobody'),
      hidden,
    );
    expect(shown).not.toMatch(/1555|born|March|1970|acme/);
    expect(shown).toContain('nobody');
    expect(answerText('name=I%20was%20born%20on', hidden)).not.toContain('born');
  });
});
