import type { SendMessage, TemplateFallback } from '@heliograph/contracts';
import type { AccountOf, SendableTemplate, TemplateCatalogue } from '@heliograph/templates';

type Found = SendableTemplate & { readonly fallback: TemplateFallback };

/**
 * The first fallback of a command's template that may be sent now and is not the one that the provider has just refused,
 * whatever the registry says of that one.
 */
export function refusedSince(
  catalogue: TemplateCatalogue,
  { tenant, account, channel, content }: SendMessage,
  refused: string,
  accountOf: AccountOf,
): Found | undefined {
  const { name, language } = content;
  const seen = new Set<string>();
  const walk = (template: string): Found | undefined => {
    if (seen.has(template)) return undefined;
    seen.add(template);
    for (const fallback of catalogue.versions({ tenant, account, name: template })[0]?.fallbacks ?? []) {
      const by = fallback.channel ?? channel;
      const at = fallback.channel ? accountOf(tenant, by, fallback.sender!) : account;
      if (at === undefined) continue;
      const wanted = { tenant, account: at, channel: by, name: fallback.template, language: language! };
      const route = fallback.template === refused ? undefined : catalogue.route(wanted);
      if (route?.kind === 'send' && route.definition.name !== refused) {
        return { ...route, fallback: { ...fallback, ...route.fallback } };
      }
      const further = fallback.channel ? undefined : walk(fallback.template);
      if (further) return further;
    }
    return undefined;
  };
  return walk(name!);
}
