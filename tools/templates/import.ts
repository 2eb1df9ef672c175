import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TemplateProblem } from '@heliograph/templates';
import { RegistryClient } from './client.ts';
import { DEFAULT_FOLDER, shown } from './files.ts';
import type { Options } from './options.ts';
import { count, paint } from './paint.ts';
import { printProblems } from './plan.ts';

interface Import {
  readonly account: string;
  readonly files: readonly { path: string; text: string; problems: readonly TemplateProblem[] }[];
  readonly skipped: readonly { name: string; language: string; reason: string }[];
}

/** `import`: true when everything that the provider has could be written as files that can be applied. */
export async function importFiles(options: Options): Promise<boolean> {
  const folder = options.target ?? DEFAULT_FOLDER;
  const request = options.account === undefined ? {} : { account: options.account };
  const { body } = await RegistryClient.open(options).call<Import>('POST', '/import', request);
  const { files, skipped, account } = body;
  const written = files.filter(({ path }) => !existsSync(join(folder, path)));
  for (const { path, text } of written) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const problems = written.flatMap((file) =>
    file.problems.map((one) => ({ ...one, file: shown(join(folder, file.path)) })),
  );
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  if (options.json) {
    console.log(JSON.stringify({ account, written: written.map(({ path }) => path), problems, skipped }, null, 2));
    return errors === 0 && skipped.length === 0;
  }
  printProblems(problems);
  for (const { name, language, reason } of skipped)
    console.log(paint('yellow', `! ${name} (${language}) was left out: ${reason}`));
  const kept = files.length - written.length;
  const there = kept > 0 ? `, ${kept} there already and not touched` : '';
  console.log(
    `Imported from ${account} into ${folder}: ${count(written.length, 'file')} written${there}, ${skipped.length} left out.`,
  );
  if (errors > 0) console.log(paint('yellow', 'Mend the errors above before the files can be applied.'));
  return errors === 0 && skipped.length === 0;
}
