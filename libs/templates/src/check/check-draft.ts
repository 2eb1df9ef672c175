import type { Draft } from '../file/draft.ts';
import { LIMITS, lengthOf } from '../limits.ts';
import { providerNameOf } from '../definition.ts';
import { placeholdersIn } from '../placeholders.ts';
import { checkButtons } from './check-buttons.ts';
import { checkPayloadsOfLanguages } from './check-payloads.ts';
import { checkTexts } from './check-texts.ts';
import { checkVariables } from './check-variables.ts';
import { intentDoubt } from './intent.ts';
import type { Problems } from './problems.ts';

/** Everything that the form of a file does not show; of what is there. */
export function checkDraft(draft: Draft, problems: Problems): void {
  checkName(draft, problems);
  checkCategory(draft, problems);
  checkVariables(draft, problems);
  for (const language of draft.languages) {
    checkParts(draft, language, problems);
    checkTexts(draft, language, problems);
    if (draft.channel === 'whatsapp') checkButtons(draft, language, problems);
  }
  if (draft.channel === 'sms') checkSmsLength(draft, problems);
  if (draft.channel === 'whatsapp') checkPayloadsOfLanguages(draft, problems);
  checkFallbacks(draft, problems);
}

function checkName({ name, version, channel }: Draft, problems: Problems): void {
  if (name === undefined) return;
  if (channel === 'whatsapp' && /[A-Z]/.test(name)) {
    problems.error('name', 'name', 'has capital letters; on WhatsApp a name is of lower-case letters, digits and _');
  }
  if (/_v\d+$/i.test(name)) {
    problems.error('name', 'name-version', `ends in "${/_v\d+$/i.exec(name)![0]}": write the number as version`);
  }
  const { length } = providerNameOf(name, version);
  if (length > LIMITS.name)
    problems.error('name', 'name', `has ${length} characters with its version; at most ${LIMITS.name}`);
}

function checkCategory(draft: Draft, problems: Problems): void {
  const { channel, category, languages, variables } = draft;
  if (channel === undefined) return;
  if (channel !== 'whatsapp') {
    if (category !== undefined) problems.error('category', 'channel-field', `is for WhatsApp, not for ${channel}`);
    return;
  }
  if (category === undefined && problems.isGiven('category')) return;
  if (category === undefined)
    return problems.error('category', 'needed', 'is missing: UTILITY, MARKETING or AUTHENTICATION', 0);
  const said = languages.flatMap(({ texts, footer = '', buttons = [] }) => [
    ...Object.values(texts).map(({ text = '' }) => text),
    footer,
    ...buttons.map(({ title = '' }) => title),
  ]);
  const names = variables.map(({ name }) => name.replace(/_/g, ' '));
  const doubt = intentDoubt(category, [...said, ...names].join('\n'));
  if (doubt !== undefined) problems.warning('category', 'category-intent', doubt);
}

/** Which parts a language has goes by the channel. */
function checkParts(
  { channel }: Draft,
  { place, texts, footer, buttons }: Draft['languages'][number],
  problems: Problems,
): void {
  if (channel === undefined) return;
  const given = { header: texts.header, footer, buttons, subject: texts.subject };
  for (const [part, one] of Object.entries(given)) {
    const right = part === 'subject' ? 'email' : 'whatsapp';
    if (one !== undefined && channel !== right) {
      problems.error(`${place}.${part}`, 'channel-field', `is for ${right}, not for ${channel}`);
    }
  }
  if (channel === 'email' && !problems.isGiven(`${place}.subject`)) {
    problems.error(`${place}.subject`, 'needed', 'is missing: an e-mail has one');
  }
}

/** What values of the greatest length make of it is only a warning: few are. */
function checkSmsLength({ variables, languages }: Draft, problems: Problems): void {
  for (const { texts } of languages) {
    if (texts.body?.text === undefined) continue;
    const { place, text } = texts.body;
    const plain = lengthOf(text.replace(/\{\{[^{}]*\}\}/g, ''));
    if (plain > LIMITS.sms) {
      problems.error(place, 'length', `has ${plain} characters; an SMS at most ${LIMITS.sms} (5 segments)`);
      continue;
    }
    const longest = placeholdersIn(text).reduce(
      (sum, inner) => sum + (variables.find(({ name }) => name === inner)?.max ?? 0),
      plain,
    );
    if (longest > LIMITS.sms) {
      const reason = `may have up to ${longest} characters with its values; an SMS of more than ${LIMITS.sms} is not sent: lower max`;
      problems.warning(place, 'sms-length', reason);
    }
  }
}

function checkFallbacks({ name, channel, fallbacks }: Draft, problems: Problems): void {
  const taken = new Set<string>();
  for (const { place, fallback } of fallbacks) {
    const { template, channel: by, sender } = fallback;
    if (template === undefined) continue;
    if (template === name) problems.error(`${place}.template`, 'fallback', 'is the template itself');
    if (taken.has(template)) problems.error(`${place}.template`, 'fallback', `is listed twice: "${template}"`);
    taken.add(template);
    if (by !== undefined && by === channel) {
      problems.error(`${place}.channel`, 'fallback-channel', 'is that of the template: leave it out');
    }
    if (by !== undefined && !problems.isGiven(`${place}.sender`)) {
      problems.error(`${place}.sender`, 'needed', `is missing: which sender on ${by} it is sent from`);
    }
    if (by === undefined && sender !== undefined) {
      problems.error(`${place}.sender`, 'fallback-channel', 'is for a fallback by another channel: channel is missing');
    }
  }
}
