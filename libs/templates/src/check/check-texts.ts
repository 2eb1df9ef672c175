import { suggestion } from '@heliograph/contracts';
import type { Draft, DraftLanguage, DraftText, TextPart } from '../file/draft.ts';
import { LIMITS, lengthOf } from '../limits.ts';
import {
  hasAdjacentPlaceholders,
  hasStrayBraces,
  isPlaceholderNumber,
  placeholdersIn,
  VARIABLE_NAME,
} from '../placeholders.ts';
import { personalPart } from './personal-data.ts';
import type { Problems } from './problems.ts';

/** The texts of one language: placeholders, and what a component may have. */
export function checkTexts(draft: Draft, language: DraftLanguage, problems: Problems): void {
  for (const [part, text] of Object.entries(language.texts) as [TextPart, DraftText][]) {
    if (text.text === undefined) continue;
    if (hasStrayBraces(text.text)) {
      problems.error(text.place, 'placeholder-braces', 'has {{ or }} that belong to no placeholder');
    }
    checkPersonal(text, problems);
    if (draft.channel === 'whatsapp') checkNumbered(text, text.text, problems);
    else if (draft.channel !== undefined) checkNamed(draft, text, text.text, problems);
    checkKnown(draft, text, problems);
    if (draft.channel === 'whatsapp') checkComponent(part, text, text.text, problems);
  }
  checkFooter(language, problems);
}

/** Guide 002, section 2: {{SSN}} and the like, also where the placeholder has the wrong form otherwise. */
function checkPersonal({ place, text }: DraftText, problems: Problems): void {
  for (const inner of new Set(placeholdersIn(text!))) {
    const personal = personalPart(inner);
    if (personal !== undefined) problems.error(place, 'personal-data', personalReason(`{{${inner}}}`, personal));
  }
}

export const personalReason = (what: string, personal: string): string =>
  `has ${what}: a template must not carry personal data (${personal})`;

/** Guide 001, section 3: 1-based, without gaps, each component by itself. */
function checkNumbered({ place, listed = [] }: DraftText, text: string, problems: Problems): void {
  const inner = placeholdersIn(text);
  const strange = new Set(inner.filter((one) => !isPlaceholderNumber(one)));
  for (const wrong of strange) {
    const reason = `has {{${wrong}}}: placeholders are {{1}}, {{2}} … on WhatsApp, and variables says what they stand for`;
    problems.error(place, 'placeholder-form', reason);
  }
  const numbers = new Set(inner.filter(isPlaceholderNumber).map(Number));
  const highest = Math.max(0, ...numbers);
  const missing = Array.from({ length: highest }, (_, index) => index + 1).filter((number) => !numbers.has(number));
  if (missing.length > 0) {
    const reason = `has {{${highest}}} but no {{${missing[0]}}}: numbers begin at 1 in each text, without gaps`;
    problems.error(place, 'placeholder-gap', reason);
  }
  if (highest !== listed.length && missing.length === 0 && strange.size === 0) {
    const reason = `has ${highest} placeholders, and variables names ${listed.length}: one name for each, that of {{1}} first`;
    problems.error(place, 'placeholder-count', reason);
  }
  if (hasAdjacentPlaceholders(text)) {
    problems.error(place, 'placeholder-adjacent', 'has placeholders next to each other: put words between them');
  }
}

/** Guide 002, section 2: names in the text match the variables exactly, or customers see the braces. */
function checkNamed({ channel }: Draft, { place, listed }: DraftText, text: string, problems: Problems): void {
  if (listed !== undefined) {
    const reason = `is for WhatsApp: ${channel} templates name their variables in the text, {{name}}`;
    problems.error(place.replace(/text$/, 'variables'), 'placeholder-form', reason);
  }
  for (const wrong of new Set(placeholdersIn(text).filter((one) => !VARIABLE_NAME.test(one)))) {
    problems.error(place, 'placeholder-form', `has {{${wrong}}}: write the exact name of a variable, without blanks`);
  }
}

function checkKnown({ variables }: Draft, text: DraftText, problems: Problems): void {
  const known = variables.map(({ name }) => name);
  for (const name of new Set(text.variables)) {
    if (known.includes(name) || !VARIABLE_NAME.test(name)) continue;
    const reason = `has "${name}", which is not among the variables of the template${suggestion(name, known)}`;
    problems.error(text.place, 'variable-unknown', reason);
  }
}

function checkComponent(part: TextPart, { place }: DraftText, text: string, problems: Problems): void {
  const count = placeholdersIn(text).length;
  if (part === 'header') {
    if (count > 1) problems.error(place, 'header-variables', `has ${count} placeholders; a header has at most 1`);
    if (/[\r\n]/.test(text)) problems.error(place, 'header-line', 'has a line break; a header is one line');
    return;
  }
  if (part !== 'body') return;
  const length = lengthOf(text);
  if (length > LIMITS.body) {
    problems.error(place, 'length', `has ${length} characters; a body on WhatsApp at most ${LIMITS.body}`);
  }
  if (/^\s*\{\{|\}\}\s*$/.test(text)) {
    problems.error(place, 'placeholder-edge', 'begins or ends with a placeholder: put words before and after it');
  }
  const words = text.replace(/\{\{[^{}]*\}\}/g, ' ').match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
  if (count > 0 && words < 2 * count + 1) {
    const reason = `has ${count} placeholders in ${words} words: reviewers refuse too many for the length; ${2 * count + 1} words are safe`;
    problems.warning(place, 'placeholder-density', reason);
  }
}

function checkFooter({ place, footer }: DraftLanguage, problems: Problems): void {
  if (footer === undefined) return;
  if (/\{\{|\}\}/.test(footer))
    problems.error(`${place}.footer`, 'footer-variables', 'has a placeholder; a footer has none');
  if (/[\r\n]/.test(footer)) problems.error(`${place}.footer`, 'footer-line', 'has a line break; a footer is one line');
}
