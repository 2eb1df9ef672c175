/** What a template of a test is to say; the rest is the same in all of them. */
export interface FileParts {
  readonly version?: number;
  readonly channel?: string;
  readonly languages?: readonly string[];
  /** Of the body, with `{{1}}` for the order. */
  readonly text?: string;
  readonly sample?: string;
  readonly fallbacks?: readonly object[];
}

export interface TestFile {
  readonly path: string;
  readonly text: string;
}

/** The text of a template file. JSON is YAML. */
export function file(name: string, parts: FileParts = {}): TestFile {
  const { version = 1, channel = 'whatsapp', languages = ['en_US'], sample = 'ORD-1', fallbacks = [] } = parts;
  const { text = channel === 'whatsapp' ? 'Your order {{1}} is on its way.' : 'Your order {{order}} is on its way.' } =
    parts;
  const body = channel === 'whatsapp' ? { text, variables: ['order'] } : text;
  const template = {
    name,
    version,
    channel,
    ...(channel === 'whatsapp' && { category: 'UTILITY' }),
    variables: { order: { sample, max: 20 } },
    languages: Object.fromEntries(languages.map((language) => [language, { body }])),
    ...(fallbacks.length > 0 && { fallbacks }),
  };
  return { path: `templates/${name}.yaml`, text: JSON.stringify(template, null, 2) };
}
