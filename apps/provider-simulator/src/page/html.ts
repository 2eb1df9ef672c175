/** Text that is safe inside an element. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

type Value = string | number | undefined | Html | Html[];

/** A template whose values are escaped, unless they are `Html` themselves; lists are joined. */
export function html(parts: TemplateStringsArray, ...values: Value[]): Html {
  const written = values.map(write);
  return new Html(parts.reduce((text, part, index) => text + (written[index - 1] ?? '') + part));
}

function write(value: Value): string {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(write).join('');
  return String(value ?? '').replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
}
