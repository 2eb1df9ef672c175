import { languageOf, type TemplateDefinition, type TemplateState } from '@heliograph/contracts';

/**
 * Why a template that the provider would send is not the one of the definition: it was changed there, by hand. Values for
 * another number of placeholders would be refused, or shown in the wrong places. Only counts are known of what the provider has,
 * and only on WhatsApp are they those of an ordered list.
 */
export function mismatchOf(definition: TemplateDefinition, state: TemplateState): string | undefined {
  if (definition.channel !== 'whatsapp') return undefined;
  const language = languageOf(definition, state.language);
  const ours = { body: language?.body.variables.length ?? 0, header: language?.header?.variables.length ?? 0 };
  const theirs = { body: state.parameterCount, header: state.headerParameterCount ?? ours.header };
  for (const part of ['header', 'body'] as const) {
    if (ours[part] !== theirs[part]) {
      return `was changed at the provider: its ${part} wants ${theirs[part]} values there, ${ours[part]} in the file`;
    }
  }
  return undefined;
}
