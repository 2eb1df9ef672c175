import type { FieldProblem, MessageContent, SanitisedValue, TemplateDefinition } from '@heliograph/contracts';

export type RenderedTemplate =
  | {
      readonly ok: true;
      /** Of type `template`: `name` at the provider, `variables` and every list of values as they are to be sent. */
      readonly content: MessageContent;
      /** Variables whose value was changed to make it fit to be sent. */
      readonly sanitised: SanitisedValue[];
      /** As the customer sees it. */
      readonly text: string;
    }
  | { readonly ok: false; readonly problems: FieldProblem[] };

/**
 * Fills a template in: a value for each of its variables and for nothing else, of the right type, made fit to be sent.
 *
 * @returns problems with fields `language`, `variables` or `variables.<name>`; no problem shows a value
 */
export function renderTemplate(
  definition: TemplateDefinition,
  language: string,
  variables: Readonly<Record<string, unknown>>,
): RenderedTemplate {
  return { ok: false, problems: [{ field: language, reason: definition.name + Object.keys(variables).join() }] };
}
