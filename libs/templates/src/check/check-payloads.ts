import type { Draft, DraftButton } from '../file/draft.ts';
import { personalLook } from './personal-data.ts';
import type { Problems } from './problems.ts';

/** Guide 001, section 4: a token that says nothing about the customer. Its characters and length are in the schema. */
export function checkPayload({ place, payload }: DraftButton, problems: Problems): void {
  const personal = payload === undefined ? undefined : personalLook(payload);
  if (personal === undefined) return;
  const reason = `looks like ${personal}: a payload is a token, and ends up in webhook logs`;
  problems.error(`${place}.payload`, 'personal-data', reason);
}

/** Routing goes by payload, so a button that one language lacks is an answer that its customers cannot give. */
export function checkPayloadsOfLanguages({ languages }: Draft, problems: Problems): void {
  const payloadsOf = (buttons: readonly DraftButton[] = []) =>
    new Set(buttons.flatMap(({ kind, payload }) => (kind === 'reply' && payload !== undefined ? [payload] : [])));
  const [first, ...others] = languages;
  if (!first) return;
  const wanted = payloadsOf(first.buttons);
  for (const { language, place, buttons } of others) {
    const own = payloadsOf(buttons);
    const missing = [...wanted].filter((payload) => !own.has(payload));
    const surplus = [...own].filter((payload) => !wanted.has(payload));
    for (const [lacking, having, payloads] of [
      [language, first.language, missing],
      [first.language, language, surplus],
    ] as const) {
      if (payloads.length === 0) continue;
      const reason = `${lacking} has no reply button with ${payloads.join(', ')}, which ${having} has`;
      problems.warning(`${place}.buttons`, 'payload-languages', reason);
    }
  }
}
