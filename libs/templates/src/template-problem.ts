/** Something wrong, or doubtful, about a template file. */
export interface TemplateProblem {
  /** Path of the file as it was given. */
  readonly file: string;
  /** Line in the file, from 1, where it is known. */
  readonly line?: number;
  /** Place in the template: `languages.en_US.body.text`. */
  readonly place: string;
  /** Short name of the rule, stable: `placeholder-gap`. */
  readonly rule: string;
  /** One sentence for people: what is wrong, and what is right. */
  readonly reason: string;
  /** Warnings do not keep a template from being applied. */
  readonly severity: 'error' | 'warning';
}
