import { KEYWORD_WORDS, normalise, Subjects } from '@heliograph/consent';
import { readSettingsFile, type ErrorDetail } from '@heliograph/runtime';
import { ConsentRules, type KeywordReplies, type TenantConsent } from '../fold/consent/consent-rules.ts';
import { ConsentFile, type RepliesEntry, type TenantEntry } from './consent-file.ts';

/** The carriers demand these words of everybody. */
const ALWAYS = 'en';

/**
 * What messages mean for consent. Without a file the known words count, and nothing is answered.
 *
 * @throws SettingsFileError with every problem of the file; Error for a key that is too short
 */
export function loadConsentRules(consentKey: string, path: string | undefined): ConsentRules {
  const subjects = new Subjects(consentKey);
  if (path === undefined || path === '') return new ConsentRules(subjects);
  const { tenants } = readSettingsFile({ path, type: ConsentFile, check: problemsOf });
  return new ConsentRules(subjects, tenants.map(tenantOf));
}

function problemsOf({ tenants }: ConsentFile): ErrorDetail[] {
  return tenants.flatMap(({ tenant, keywords = [] }, index) => {
    const field = `tenants[${index}]`;
    const first = tenants.findIndex((other) => other.tenant === tenant);
    const twice = first < index ? [{ field: `${field}.tenant`, reason: `is that of tenants[${first}], too` }] : [];
    const empty = keywords.flatMap(({ words }, list) =>
      words
        .map((word, place) => ({ word, field: `${field}.keywords[${list}].words[${place}]` }))
        .filter(({ word }) => normalise(word) === '')
        .map((one) => ({ field: one.field, reason: 'has no letter and no digit' })),
    );
    return [...twice, ...empty];
  });
}

function tenantOf({ tenant, languages, keywords = [], replies = [] }: TenantEntry): TenantConsent {
  const known = KEYWORD_WORDS.filter(
    ({ language }) => languages === undefined || language === ALWAYS || languages.includes(language),
  );
  return { tenant, words: [...keywords, ...known], replies: replies.map(repliesOf) };
}

const repliesOf = ({ language, channels, optOut, optIn, help }: RepliesEntry): KeywordReplies => ({
  language,
  ...(channels && { channels }),
  texts: { ...(optOut && { 'opt-out': optOut }), ...(optIn && { 'opt-in': optIn }), ...(help && { help }) },
});
