import type { Draft, DraftButton, DraftLanguage } from '../file/draft.ts';
import { suggestion } from '@heliograph/contracts';
import { LIMITS } from '../limits.ts';
import { hasStrayBraces, placeholdersIn } from '../placeholders.ts';
import { checkPayload } from './check-payloads.ts';
import type { Problems } from './problems.ts';

const MOST_OF_KIND = { url: LIMITS.urlButtons, phone: LIMITS.phoneButtons, 'copy-code': LIMITS.codeButtons } as const;

/** What each kind of button says besides its title. */
const FIELDS = { reply: ['payload'], url: ['url', 'variable'], phone: ['phone'], 'copy-code': ['code'] } as const;
const NEEDED = { reply: 'payload', url: 'url', phone: 'phone', 'copy-code': 'code' } as const;
const OF_KINDS = ['payload', 'url', 'variable', 'phone', 'code'] as const;

/** The buttons of one language (guide 001, section 4; limits and grouping of Meta's components). */
export function checkButtons(draft: Draft, { place, buttons = [] }: DraftLanguage, problems: Problems): void {
  for (const button of buttons) {
    checkFields(button, problems);
    checkTitle(button, problems);
    if (button.kind === 'reply') checkPayload(button, problems);
    if (button.kind === 'url' && button.url !== undefined) checkLink(draft, button, button.url, problems);
    if (button.kind === 'phone') checkPhone(button, problems);
  }
  checkOnce(buttons, problems);
  checkCounts(buttons, `${place}.buttons`, problems);
  checkGrouping(buttons, `${place}.buttons`, problems);
}

function checkFields(button: DraftButton, problems: Problems): void {
  const { kind, place } = button;
  if (kind === undefined) return;
  if (!problems.isGiven(`${place}.${NEEDED[kind]}`))
    problems.error(`${place}.${NEEDED[kind]}`, 'needed', `is missing: a ${kind} button needs it`);
  for (const field of OF_KINDS) {
    if (button[field] === undefined || (FIELDS[kind] as readonly string[]).includes(field)) continue;
    problems.error(`${place}.${field}`, 'button-field', `is not for ${kind} buttons`);
  }
}

function checkTitle({ place, title = '' }: DraftButton, problems: Problems): void {
  if (/\{\{|\}\}/.test(title)) problems.error(`${place}.title`, 'button-title', 'has a placeholder; a title has none');
  if (/[\r\n]/.test(title)) problems.error(`${place}.title`, 'button-title', 'has a line break; a title is one line');
}

/** One placeholder at the end at most, and never a piece of the host: values must not lead customers elsewhere. */
function checkLink({ variables }: Draft, { place, variable }: DraftButton, url: string, problems: Problems): void {
  const inner = placeholdersIn(url);
  const at = `${place}.url`;
  if (!/^https?:\/\/[^\s/?#{}]+/.test(url) || /\s/.test(url) || !URL.canParse(url.replace('{{1}}', 'x'))) {
    return problems.error(at, 'button-url', 'is no web address: it begins with https:// and a host, and has no blanks');
  }
  if (hasStrayBraces(url) || inner.length > 1 || (inner.length === 1 && (inner[0] !== '1' || !url.endsWith('{{1}}')))) {
    problems.error(at, 'button-url', 'may have one placeholder, {{1}}, at its end');
  } else if (inner.length === 1 && !/^https?:\/\/[^/?#{}]+[/?#]/.test(url)) {
    problems.error(at, 'button-url', 'has its placeholder in the host: a value could lead customers anywhere');
  }
  if (inner.length > 0 !== (variable !== undefined)) {
    const reason =
      inner.length > 0
        ? 'is missing: it says what {{1}} of the url stands for'
        : 'stands for nothing: the url has no {{1}}';
    return problems.error(`${place}.variable`, 'placeholder-count', reason);
  }
  if (variable === undefined) return;
  const its = variables.find(({ name }) => name === variable);
  if (its?.type === 'url')
    problems.error(
      `${place}.variable`,
      'button-url',
      `is "${variable}", a whole web address: the end of one is wanted`,
    );
  if (its) return;
  const known = variables.map(({ name }) => name);
  const reason = `is "${variable}", which is not among the variables of the template${suggestion(variable, known)}`;
  problems.error(`${place}.variable`, 'variable-unknown', reason);
}

function checkPhone({ place, phone }: DraftButton, problems: Problems): void {
  if (phone === undefined || /^\+?[1-9]\d{6,14}$/.test(phone.replace(/[ ()-]/g, ''))) return;
  problems.error(`${place}.phone`, 'button-phone', 'is no telephone number with country code');
}

function checkOnce(buttons: readonly DraftButton[], problems: Problems): void {
  for (const field of ['title', 'payload'] as const) {
    const taken = new Set<string>();
    for (const button of buttons) {
      const value = button[field];
      if (value === undefined) continue;
      if (taken.has(value))
        problems.error(`${button.place}.${field}`, 'button-twice', `is that of another button too: "${value}"`);
      taken.add(value);
    }
  }
}

function checkCounts(buttons: readonly DraftButton[], place: string, problems: Problems): void {
  for (const [kind, most] of Object.entries(MOST_OF_KIND)) {
    const count = buttons.filter((button) => button.kind === kind).length;
    if (count > most)
      problems.error(place, 'button-count', `has ${count} ${kind} buttons; at most ${most} are allowed`);
  }
  const kinds = new Set(buttons.map(({ kind }) => kind));
  if (buttons.length > LIMITS.buttonsOnDesktop || kinds.size > 1) {
    const what = kinds.size > 1 ? 'different kinds of buttons' : `more than ${LIMITS.buttonsOnDesktop} buttons`;
    problems.warning(place, 'button-desktop', `has ${what}: WhatsApp on a desktop does not show them`);
  }
}

function checkGrouping(buttons: readonly DraftButton[], place: string, problems: Problems): void {
  const runs = buttons.filter(({ kind }, index) => kind === 'reply' && buttons[index - 1]?.kind !== 'reply').length;
  if (runs > 1)
    problems.error(place, 'button-grouping', 'has other buttons between its replies: replies stand together');
}
