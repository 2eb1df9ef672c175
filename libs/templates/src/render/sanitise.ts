import type { EMOJI_RULES } from '@heliograph/contracts';
import { emojiAsText } from './emoji-names.ts';

/** What was done to a value; goes into the audit in the place of the value. */
export type SanitisingChange = 'control-characters' | 'white-space' | 'unsupported-characters' | 'emoji' | 'normalised';

export interface Sanitised {
  readonly value: string;
  /** Empty when nothing was changed. */
  readonly changes: SanitisingChange[];
}

/** Nothing of it ever changes: most values. */
const PLAIN = /^(?: {0,3}[!-~])* {0,3}$/;

/** Templates allow no line break or tab in a value. */
const LINE_BREAKS = /\r\n|[\t\n\v\f\r\u0085\u2028\u2029]/g;
const CONTROLS = /\p{Cc}/gu;
/** More blanks in a row than a value may have. */
const BLANKS = /\p{Zs}{4,}/gu;

/** Flags of parts of countries are spelt in tags, which are invisible anywhere else. */
const TAG_FLAG = '\\u{1F3F4}[\\u{E0030}-\\u{E0039}\\u{E0061}-\\u{E007A}]{1,6}\\u{E007F}';
/**
 * Letters, marks, numbers, punctuation, symbols and blanks, and the joiners and direction marks that scripts are written with.
 * So not: controls, lone surrogates, private use, non-characters, what Unicode has not assigned, and invisible formatting
 * (overrides of direction, zero-width blanks, tags), which hides what a text says.
 */
const ALLOWED = `(?:${TAG_FLAG}|[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}\\p{Zs}\\u061C\\u200C-\\u200F])`;
const ALLOWED_PIECES = new RegExp(ALLOWED, 'gu');
const ONLY_ALLOWED = new RegExp(`^${ALLOWED}*$`, 'u');

/** An emoji with whatever clings to it; © ® ™ are text unless written as emoji. */
const EMOJI = new RegExp(
  '(?:\\p{RGI_Emoji}|\\p{Emoji_Presentation}|[\\p{Extended_Pictographic}--[©®™]])[\\uFE0E\\uFE0F\\u200D\\u20E3\\u{1F3FB}-\\u{1F3FF}]*',
  'gv',
);

/**
 * Makes a value fit to be sent (guide 001, section 3 and edge case 3): what may stay stays as it is, and doing it again changes
 * nothing.
 */
export function sanitise(given: string, emoji: (typeof EMOJI_RULES)[number]): Sanitised {
  if (PLAIN.test(given)) return { value: given, changes: [] };
  const changes: SanitisingChange[] = [];
  let value = given;
  const step = (change: SanitisingChange, next: string) => {
    if (next === value) return;
    if (!changes.includes(change)) changes.push(change);
    value = next;
  };
  step('white-space', value.replace(LINE_BREAKS, ' '));
  step('control-characters', value.replace(CONTROLS, ''));
  step('unsupported-characters', value.match(ALLOWED_PIECES)?.join('') ?? '');
  if (emoji === 'text') step('emoji', value.replace(EMOJI, emojiAsText));
  step('normalised', value.normalize('NFC'));
  step('white-space', value.replace(BLANKS, ' '));
  return { value, changes };
}

/** The pattern that every sanitised value is checked against (guide 001, edge case 3). */
export const isAllowed = (value: string): boolean => ONLY_ALLOWED.test(value) && !BLANKS_OR_LINES.test(value);
const BLANKS_OR_LINES = /\p{Zs}{4,}|[\t\n\v\f\r\u0085\u2028\u2029]/u;
