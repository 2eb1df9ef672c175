import type { Draft, DraftLanguage, DraftVariable } from '../file/draft.ts';
import { lengthOf } from '../limits.ts';
import { sanitise } from '../render/sanitise.ts';
import { VALUE_TYPES } from '../render/value-types.ts';
import { personalReason } from './check-texts.ts';
import { personalPart } from './personal-data.ts';
import type { Problems } from './problems.ts';

export function checkVariables(draft: Draft, problems: Problems): void {
  for (const variable of draft.variables) {
    const personal = personalPart(variable.name);
    if (personal !== undefined) {
      problems.error(variable.place, 'personal-data', personalReason(`"${variable.name}"`, personal));
    }
    checkSample(variable, problems);
    for (const language of draft.languages) checkUse(variable, language, problems);
  }
}

/** Guide 001, section 1: a default that is no value of its type gets the template refused with a 400. */
function checkSample({ place, type, max, sample }: DraftVariable, problems: Problems): void {
  if (sample === undefined) return;
  const { fits, wanted } = VALUE_TYPES[type];
  const at = `${place}.sample`;
  if (!fits(sample)) return problems.error(at, 'sample-type', `must be ${wanted}, as the variable is a ${type}`);
  const length = lengthOf(sample);
  if (length > max) problems.error(at, 'sample-length', `has ${length} characters; the variable allows ${max}`);
  if (/\{\{|\}\}/.test(sample) || sample.trim() === '' || sanitise(sample, 'keep').changes.length > 0) {
    const reason =
      'has characters that may not be sent: braces, line breaks, more than three blanks in a row, invisible ones';
    problems.error(at, 'sample-characters', reason);
  }
}

/** Senders give one set of values, whatever the language. */
function checkUse({ name }: DraftVariable, language: DraftLanguage, problems: Problems): void {
  const texts = Object.values(language.texts);
  const used = texts.some(({ variables }) => variables.includes(name));
  const linked = language.buttons?.some(({ variable }) => variable === name) ?? false;
  if (used || linked || texts.length === 0) return;
  const reason = `does not use "${name}": every language uses all variables`;
  problems.error(language.place, 'variable-unused', reason);
}
