import { Injectable } from '@nestjs/common';
import { Accounts } from '@heliograph/accounts';
import { TEMPLATE_CATEGORIES, type TemplateCategory, type TemplateDefinition } from '@heliograph/contracts';
import type { ProviderTemplate } from '@heliograph/providers';
import {
  importedDefinition,
  nameAndVersionOf,
  providerNameOf,
  readTemplateFile,
  writeTemplateFile,
  type TemplateProblem,
} from '@heliograph/templates';
import { ProviderLists } from '../templates/provider-lists.ts';
import { TemplateTable, type Owner } from '../templates/template-table.ts';
import { accountOf } from './account-of.ts';

export interface ImportedFile {
  readonly path: string;
  readonly text: string;
  /** What has to be mended by hand before it can be applied. */
  readonly problems: readonly TemplateProblem[];
}

export interface Import {
  readonly account: string;
  readonly files: readonly ImportedFile[];
  /** Templates that no file can say, and why. */
  readonly skipped: readonly { readonly name: string; readonly language: string; readonly reason: string }[];
}

/** Writes files from what the provider has: the beginning for a team whose templates were made by hand. */
@Injectable()
export class ImportService {
  constructor(
    private readonly accounts: Accounts,
    private readonly table: TemplateTable,
    private readonly lists: ProviderLists,
  ) {}

  /**
   * The newest version of each template that the provider has, or of those that are named.
   *
   * @throws ApiError 400; Unavailable
   */
  async import(tenant: string, given: string | undefined, names?: readonly string[]): Promise<Import> {
    const account = accountOf(this.accounts, tenant, given);
    const owner = { tenant, account: account.id };
    const listed = await this.lists.all(account.id);
    const files: ImportedFile[] = [];
    const skipped: Import['skipped'][number][] = [];
    for (const [name, versions] of byName(listed)) {
      if (names && !names.includes(name)) continue;
      const newest = providerNameOf(name, Math.max(...versions.keys()));
      const entries = versions.get(nameAndVersionOf(newest).version)!;
      const known = this.table.definitionNamed(owner, newest);
      const definition = known && !known.retired ? known : fromList(entries, owner, skipped);
      if (definition) files.push(fileOf(definition));
    }
    return { account: account.id, files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), skipped };
  }
}

function byName(listed: readonly ProviderTemplate[]): Map<string, Map<number, ProviderTemplate[]>> {
  const names = new Map<string, Map<number, ProviderTemplate[]>>();
  for (const template of listed) {
    const { name, version } = nameAndVersionOf(template.name);
    const versions = names.get(name) ?? new Map<number, ProviderTemplate[]>();
    versions.set(version, [...(versions.get(version) ?? []), template]);
    names.set(name, versions);
  }
  return names;
}

function fromList(
  entries: readonly ProviderTemplate[],
  owner: Owner,
  skipped: Import['skipped'][number][],
): TemplateDefinition | undefined {
  const usable = entries.filter(({ name, language, components }) => {
    if (components === undefined) skipped.push({ name, language, reason: 'it has parts that a file cannot say' });
    return components !== undefined;
  });
  const [first] = usable;
  if (!first) return undefined;
  const category = TEMPLATE_CATEGORIES.find((one): one is TemplateCategory => one === first.category);
  const variables = usable.flatMap((one) => one.variables ?? []);
  const definition = importedDefinition(
    {
      name: first.name,
      channel: first.channel ?? 'whatsapp',
      ...(category && { category }),
      languages: usable.map(({ components }) => components!),
      samples: Object.fromEntries(variables.map(({ name, sample }) => [name, sample])),
    },
    owner,
    new Date().toISOString(),
  );
  const typeOf = new Map(variables.map(({ name, type }) => [name, type]));
  return {
    ...definition,
    variables: definition.variables.map((one) => ({ ...one, type: typeOf.get(one.name) ?? one.type })),
  };
}

function fileOf(definition: TemplateDefinition): ImportedFile {
  const path = `${definition.name}.yaml`;
  const text = writeTemplateFile(definition);
  const read = readTemplateFile(text, path);
  return { path, text, problems: read.ok ? read.warnings : read.problems };
}
