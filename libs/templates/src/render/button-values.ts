import type { FieldProblem, TemplateButton, TemplateButtonValue } from '@heliograph/contracts';
import { LIMITS } from '../limits.ts';
import { fillNumbered } from '../placeholders.ts';

/** Reserved and unreserved characters of RFC 3986, and escapes as they are. */
const NOT_OF_AN_ADDRESS = /[^A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]/gu;

const escaped = (value: string): string =>
  value.replace(NOT_OF_AN_ADDRESS, (character) => encodeURIComponent(character));

/** What each button needs at the send, in the order of the buttons: a reply its payload, a link what stands for its placeholder. */
export function buttonValuesOf(
  buttons: readonly TemplateButton[],
  values: ReadonlyMap<string, string>,
): { values: TemplateButtonValue[]; problems: FieldProblem[] } {
  const filled: TemplateButtonValue[] = [];
  const problems: FieldProblem[] = [];
  for (const [index, { kind, title, payload, url, variable }] of buttons.entries()) {
    if (kind === 'reply') filled.push({ index, kind: 'quick-reply', value: payload! });
    if (kind !== 'url' || variable === undefined) continue;
    const value = escaped(values.get(variable)!);
    const length = fillNumbered(url!, [value]).length;
    if (length <= LIMITS.url) filled.push({ index, kind: 'url', value });
    else {
      const reason = `makes the link of button "${title}" ${length} characters long; at most ${LIMITS.url} are allowed`;
      problems.push({ field: `variables.${variable}`, reason });
    }
  }
  return { values: filled, problems };
}
