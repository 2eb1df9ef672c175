import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ESLint } from 'eslint';

const ROOT = join(import.meta.dirname, '..', '..');
const eslint = new ESLint({ cwd: ROOT });

/** Rules that a text breaks when it stands in a file of the workspace. */
async function broken(file: string, text: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(text, { filePath: join(ROOT, file) });
  return (result?.messages ?? []).map(({ ruleId }) => ruleId);
}

describe('the code rules', () => {
  // The texts take the place of files that exist, since the types come from the project.
  const source = 'libs/contracts/src/channels.ts';
  const config = 'libs/testing/src/config.ts';
  const tool = 'tools/build.ts';

  it('a promise that nobody waits for is refused', async () => {
    expect(await broken(source, 'Promise.reject(new Error("lost"));\n')).toContain(
      '@typescript-eslint/no-floating-promises',
    );
  }, 60_000);

  it('any is refused', async () => {
    expect(await broken(source, 'export const x: any = 1;\n')).toContain('@typescript-eslint/no-explicit-any');
  }, 60_000);

  it('settings are read in config.ts alone', async () => {
    const text = 'export const port = process.env.PORT;\n';
    expect(await broken(source, text)).toContain('no-restricted-properties');
    expect(await broken(config, text)).toEqual([]);
  }, 60_000);

  it('a tool may not hold what Node cannot strip', async () => {
    const text = 'export class A { constructor(readonly b: string) {} }\n';
    expect(await broken(tool, text)).toContain('no-restricted-syntax');
    expect(await broken(source, text)).toEqual([]);
  }, 60_000);
});
