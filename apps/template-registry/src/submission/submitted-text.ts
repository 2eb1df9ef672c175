import { createHash } from 'node:crypto';
import type { TemplateDefinition, TemplateLanguage } from '@heliograph/contracts';

/**
 * What of a definition's language reaches the provider, as a text to compare: everything but what is ours alone (fallbacks, limits
 * of values, what becomes of emoji). On WhatsApp placeholders are numbered, so that names of variables are ours, too; their types
 * are not, and elsewhere the names stand in the text.
 */
export function submittedText(definition: TemplateDefinition, language: TemplateLanguage): string {
  const { channel, category, providerName, variables } = definition;
  const typeOf = new Map(variables.map(({ name, type }) => [name, type]));
  const typesOf = (names: readonly string[] = []) => names.map((name) => typeOf.get(name));
  const { header, subject, body, footer, buttons = [] } = language;
  const said = (part: { text: string; variables: string[] } | undefined) =>
    part && (channel === 'whatsapp' ? [part.text, typesOf(part.variables)] : [part.text]);
  return JSON.stringify([
    [channel, category, providerName, language.language],
    [said(header), said(subject), said(body), footer],
    buttons.map(({ kind, title, payload, url, phone, code }) => [kind, title, payload, url, phone, code]),
  ]);
}

/** With the samples, which reviewers see: what a refusal is about. */
export function submissionHash(definition: TemplateDefinition, language: TemplateLanguage): string {
  const samples = definition.variables.map(({ name, sample }) => [name, sample]);
  return createHash('sha256')
    .update(JSON.stringify([submittedText(definition, language), samples]))
    .digest('base64url')
    .slice(0, 22);
}
