/** BCP 47 for a language that is not known: that of templates whose name does not tell it. */
const UNKNOWN_LANGUAGE = 'und';
const WITH_LANGUAGE = /^(.+)\.([a-z]{2,3}(?:_[A-Z]{2}|_[A-Z][a-z]{3})?)$/s;

/**
 * Templates of guide 002 have a name and no language, and a name has one text. So each language is a template of its own there,
 * with the language behind its name: `order_shipped.en_US`.
 */
export function writeTemplateName(name: string, language: string): string {
  return language === UNKNOWN_LANGUAGE ? name : `${name}.${language}`;
}

export function readTemplateName(written: string): { readonly name: string; readonly language: string } {
  const [, name, language] = WITH_LANGUAGE.exec(written) ?? [];
  return name && language ? { name, language } : { name: written, language: UNKNOWN_LANGUAGE };
}

/** As lists write a language: `en_US`, also where an event writes `en-US` (a trap of Meta's webhooks). */
export function listedLanguage(language: string): string {
  const [, base, rest] = /^([A-Za-z]{2,3})(?:[-_]([A-Za-z]{2}|[A-Za-z]{4}))?$/.exec(language) ?? [];
  if (base === undefined) return language;
  if (rest === undefined) return base.toLowerCase();
  const place = rest.length === 2 ? rest.toUpperCase() : rest[0]!.toUpperCase() + rest.slice(1).toLowerCase();
  return `${base.toLowerCase()}_${place}`;
}
