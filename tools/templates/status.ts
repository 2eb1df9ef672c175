import { RegistryClient } from './client.ts';
import type { Options } from './options.ts';
import { count, paint, type Colour } from './paint.ts';

interface Language {
  readonly language: string;
  readonly status: string;
  readonly reason?: string;
  readonly quality?: string;
  readonly history: readonly { status: string; at: string; source: string; reason?: string }[];
}

interface Template {
  readonly name: string;
  readonly channel: string;
  readonly managed: boolean;
  readonly sends: readonly { language: string; sends?: string; by?: string; why?: string }[];
  readonly versions: readonly {
    version: number;
    providerName: string;
    retired: boolean;
    languages: readonly Language[];
  }[];
}

const SENDABLE = ['APPROVED', 'PUBLISHED'];
const OPEN = ['PENDING', 'IN_REVIEW', 'WAITING', 'DRAFT'];

/** `status`: true when every language of every template of the files goes out as something. */
export async function status(options: Options): Promise<boolean> {
  const client = RegistryClient.open(options);
  const account = options.account === undefined ? '' : `?account=${encodeURIComponent(options.account)}`;
  const one = options.target === undefined ? undefined : `/${encodeURIComponent(options.target)}${account}`;
  const templates = one
    ? [(await client.call<Template>('GET', one)).body]
    : (await client.call<{ templates: readonly Template[] }>('GET', account)).body.templates;
  if (options.json) console.log(JSON.stringify(one ? templates[0] : templates, null, 2));
  else print(templates, one !== undefined);
  return templates.every(({ sends }) => sends.every((language) => language.sends !== undefined));
}

function print(templates: readonly Template[], withHistory: boolean): void {
  for (const template of templates) {
    const origin = template.managed ? '' : paint('gray', '  (made at the provider, in no file)');
    console.log(`${paint('bold', template.name)}  ${template.channel}${origin}`);
    for (const { version, retired, languages } of template.versions) {
      for (const language of languages) printLanguage(language, version, retired, withHistory);
    }
    for (const { language, sends, by, why } of template.sends) {
      if (why === undefined) continue;
      const instead = sends === undefined ? 'nothing is sent' : `${sends}${by ? ` (${by})` : ''} is sent`;
      console.log(paint(sends === undefined ? 'red' : 'yellow', `    ${language}: ${instead}: ${why}`));
    }
  }
  const languages = templates.flatMap(({ versions }) => versions.flatMap((version) => version.languages));
  const sendable = languages.filter((language) => SENDABLE.includes(language.status)).length;
  console.log(
    `${count(templates.length, 'template')}, ${count(languages.length, 'language')}, ${sendable} may be sent.`,
  );
}

function printLanguage(one: Language, version: number, retired: boolean, withHistory: boolean): void {
  const colour: Colour = SENDABLE.includes(one.status) ? 'green' : OPEN.includes(one.status) ? 'yellow' : 'red';
  const more = [one.reason, one.quality && `quality ${one.quality}`, retired && 'retired'].filter(Boolean).join(', ');
  console.log(`  v${version} ${one.language.padEnd(6)} ${paint(colour, one.status.padEnd(10))} ${more}`.trimEnd());
  if (!withHistory) return;
  for (const { at, status: was, source, reason } of one.history) {
    console.log(paint('gray', `      ${at}  ${was.padEnd(10)} by ${source}${reason ? `: ${reason}` : ''}`));
  }
}
