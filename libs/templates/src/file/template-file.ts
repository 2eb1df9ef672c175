import type { TemplateDefinition } from '@heliograph/contracts';

/** What a template says, wherever it is kept: in its file, or as it was applied. */
export type TemplateParts = Pick<
  TemplateDefinition,
  'name' | 'version' | 'channel' | 'category' | 'variables' | 'languages' | 'fallbacks' | 'emoji'
>;

/** A template as its file says it, valid by itself. */
export interface TemplateFile extends TemplateParts {
  /** Path as it was given. */
  readonly file: string;
  /** Line in the file of each place, from 1: `languages.en_US.body`. */
  readonly lines: ReadonlyMap<string, number>;
}
