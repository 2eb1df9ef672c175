import type { Choice } from '@heliograph/contracts';

/** A number as the list of choices shows it: `2`, `2.` or `2)`. */
const NUMBER = /^([1-9]\d?)[.)]?$/;

/**
 * Which of the offered choices a reply means: the one whose number it is, else the one whose label it is, letter by letter.
 * Blanks around the reply do not count.
 */
export function choiceOf(text: string, choices: readonly Choice[]): Choice | undefined {
  const reply = text.trim();
  const number = NUMBER.exec(reply)?.[1];
  const numbered = number === undefined ? undefined : choices[Number(number) - 1];
  return numbered ?? choices.find(({ label }) => label.trim() === reply);
}
