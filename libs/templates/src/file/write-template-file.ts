import type { TemplateDefinition } from '@heliograph/contracts';

/** The file that says this definition: read again and applied, it changes nothing. */
export function writeTemplateFile(definition: TemplateDefinition): string {
  return JSON.stringify(definition);
}
