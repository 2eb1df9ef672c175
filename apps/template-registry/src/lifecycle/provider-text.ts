import type { TemplateButton, TemplateDefinition, TemplateLanguage } from '@heliograph/contracts';
import type { ProviderTemplate } from '@heliograph/providers';

/**
 * In what a provider's template says something else than a definition's language. Names of variables are ours on WhatsApp, where
 * placeholders are numbered, so texts and numbers of values are compared.
 *
 * @returns sentences; none too when the provider does not tell what its template says
 */
export function differences(
  { channel }: Pick<TemplateDefinition, 'channel'>,
  wanted: TemplateLanguage,
  template: ProviderTemplate,
): string[] {
  const found: string[] = [];
  const there = template.components;
  if ((template.channel ?? 'whatsapp') !== channel) {
    found.push(`is a template of ${template.channel ?? 'whatsapp'} at the provider, of ${channel} in the definition`);
  }
  if (!there) return found;
  for (const part of ['header', 'subject', 'body'] as const) say(found, part, there[part]?.text, wanted[part]?.text);
  say(found, 'footer', there.footer, wanted.footer);
  say(found, 'buttons', buttonsOf(there), buttonsOf(wanted));
  return found;
}

function say(found: string[], part: string, there: string | undefined, wanted: string | undefined): void {
  if ((there ?? '').trim() === (wanted ?? '').trim()) return;
  found.push(`${part} is ${quoted(there)} at the provider, ${quoted(wanted)} in the definition`);
}

const quoted = (text: string | undefined): string => (text === undefined ? 'absent' : JSON.stringify(text));

const buttonsOf = ({ buttons }: TemplateLanguage): string | undefined =>
  buttons === undefined || buttons.length === 0 ? undefined : buttons.map(buttonOf).join(', ');

const buttonOf = ({ kind, title, payload, url, phone, code }: TemplateButton): string =>
  [kind, title, payload ?? url ?? phone ?? code].filter((one) => one !== undefined).join(' ');
