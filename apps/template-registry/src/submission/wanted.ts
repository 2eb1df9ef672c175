import type { TemplateDefinition, TemplateState } from '@heliograph/contracts';

/** One language of a definition that the provider should have. */
export interface Wanted {
  readonly definition: TemplateDefinition;
  readonly language: string;
}

export type StateOf = (providerName: string, language: string) => TemplateState | undefined;

/** Whether the provider has a template of that name and language. */
export const isThere = (state: TemplateState | undefined): boolean => state !== undefined && state.status !== 'DELETED';

/**
 * Everything that should be at the provider, in the order in which it was applied: every language of the newest version of each
 * template. An older version is not submitted any more: whoever applied a newer one wants that.
 */
export function wantedOf(definitions: readonly TemplateDefinition[]): Wanted[] {
  return newestOf(definitions)
    .sort((a, b) => order(a.appliedAt, b.appliedAt) || order(a.name, b.name))
    .flatMap((definition) => definition.languages.map(({ language }) => ({ definition, language })));
}

/** Text by its code units. */
export const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The newest version of each template that is in use. */
export function newestOf(definitions: readonly TemplateDefinition[]): TemplateDefinition[] {
  const newest = new Map<string, TemplateDefinition>();
  for (const definition of definitions) {
    if (definition.retired) continue;
    const key = JSON.stringify([definition.account, definition.name]);
    if ((newest.get(key)?.version ?? 0) < definition.version) newest.set(key, definition);
  }
  return [...newest.values()];
}
