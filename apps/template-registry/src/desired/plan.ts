import {
  isSendable,
  languageOf,
  type TemplateDefinition,
  type TemplateLanguage,
  type TemplateState,
} from '@heliograph/contracts';
import type { ProviderTemplate } from '@heliograph/providers';
import { sameDefinition } from '@heliograph/templates';
import { differences } from '../lifecycle/provider-text.ts';
import { submittedText } from '../submission/submitted-text.ts';
import { isThere, order } from '../submission/wanted.ts';

export const PLAN_ACTIONS = [
  'create',
  'new-version',
  'adopt',
  'update',
  'restore',
  'unchanged',
  'keep',
  'retire',
  'drifted',
  'changed-text',
  'lower-version',
  'conflict',
] as const;
export type PlanAction = (typeof PLAN_ACTIONS)[number];

/** These keep the whole directory from being applied. */
const ERRORS: readonly PlanAction[] = ['changed-text', 'lower-version', 'conflict'];

/** What applying would do about one template in one language. */
export interface PlanLine {
  readonly name: string;
  readonly version: number;
  readonly language: string;
  readonly action: PlanAction;
  readonly isError: boolean;
  /** One sentence for people, where the action does not say everything. */
  readonly detail?: string;
  /** What the provider says of it now. */
  readonly status?: string;
}

export interface Plan {
  readonly lines: readonly PlanLine[];
  /** What is to be published for it. */
  readonly definitions: readonly TemplateDefinition[];
  /** Something can be told only with what the provider lists; then plan again with it. */
  readonly needsListing: boolean;
}

/** What a directory is compared with. */
export interface Present {
  /** Every version of the account, the retired ones, too. */
  readonly known: readonly TemplateDefinition[];
  readonly stateOf: (providerName: string, language: string) => TemplateState | undefined;
  /** What the provider lists, where it was asked. */
  readonly listed?: ((providerName: string, language: string) => ProviderTemplate | undefined) | undefined;
  /** Takes out of use what is not in the directory. */
  readonly prune: boolean;
  /** ISO 8601. */
  readonly at: string;
}

/** Compares the definitions of a directory with what was applied before and with what the provider has. */
export function planOf(wanted: readonly TemplateDefinition[], present: Present): Plan {
  return new Planner(present).plan(wanted);
}

class Planner {
  private readonly lines: PlanLine[] = [];
  private readonly definitions: TemplateDefinition[] = [];
  private needsListing = false;

  constructor(private readonly present: Present) {}

  plan(wanted: readonly TemplateDefinition[]): Plan {
    for (const definition of wanted) this.template(definition);
    const names = new Set(wanted.map(({ name }) => name));
    for (const definition of this.present.known) {
      if (!definition.retired && !names.has(definition.name)) this.absent(definition);
    }
    const lines = this.lines.sort((a, b) => order(a.name, b.name) || a.version - b.version);
    return { lines, definitions: this.definitions, needsListing: this.needsListing };
  }

  private template(wanted: TemplateDefinition): void {
    const versions = this.present.known.filter(({ name }) => name === wanted.name);
    const newest = Math.max(0, ...versions.map(({ version }) => version));
    if (newest > wanted.version) {
      const detail = `version ${newest} was applied before; to go back, give the earlier text the version ${newest + 1}`;
      for (const { language } of wanted.languages) this.line(wanted, language, 'lower-version', detail);
      return;
    }
    const before = versions.find(({ version }) => version === wanted.version);
    const kept = this.removedLanguages(wanted, before);
    const merged = kept.length === 0 ? wanted : { ...wanted, languages: [...wanted.languages, ...kept] };
    const same = before !== undefined && !before.retired && sameDefinition(merged, before);
    for (const language of wanted.languages) this.language(wanted, language, before, same);
    if (!same) this.definitions.push(merged);
    for (const version of versions) {
      if (version.version < wanted.version && !version.retired) this.older(version, wanted);
    }
  }

  private language(
    wanted: TemplateDefinition,
    language: TemplateLanguage,
    before: TemplateDefinition | undefined,
    same: boolean,
  ): void {
    const earlier = before && languageOf(before, language.language);
    if (!before || !earlier) return this.newLanguage(wanted, language);
    const there = isThere(this.present.stateOf(wanted.providerName, language.language));
    const sameText = submittedText(wanted, language) === submittedText(before, earlier);
    const at = language.language;
    if (!sameText && there) {
      const detail = `the provider has version ${wanted.version} and its text cannot be changed: raise version to ${wanted.version + 1}`;
      return this.line(wanted, at, 'changed-text', detail);
    }
    if (!sameText)
      return this.line(wanted, at, 'update', 'the provider has not taken it yet: submitted with the new text');
    if (before.retired) return this.line(wanted, at, 'restore', 'in the directory again');
    const drift = this.driftOf(wanted, language);
    if (drift) return this.line(wanted, at, 'drifted', drift);
    if (same) return this.line(wanted, at, 'unchanged');
    this.line(wanted, at, 'update', 'only what the provider does not see: fallbacks, names, limits, samples, emoji');
  }

  /** A language that was not applied before, of a new version or of a known one. */
  private newLanguage(wanted: TemplateDefinition, language: TemplateLanguage): void {
    const at = language.language;
    const state = this.present.stateOf(wanted.providerName, at);
    if (isThere(state)) return this.foundAtProvider(wanted, language);
    const earlier = this.present.known.filter(({ name, retired }) => name === wanted.name && !retired);
    const before = earlier.filter(({ version }) => version < wanted.version).map(({ version }) => version);
    if (before.length === 0) return this.line(wanted, at, 'create');
    this.line(
      wanted,
      at,
      'new-version',
      `beside version ${Math.max(...before)}, which goes on until this one is approved`,
    );
  }

  private foundAtProvider(wanted: TemplateDefinition, language: TemplateLanguage): void {
    const { listed } = this.present;
    const at = language.language;
    if (!listed) {
      this.needsListing = true;
      return this.line(wanted, at, 'adopt', 'the provider has it already');
    }
    const found = listed(wanted.providerName, at);
    const others = found ? differences(wanted, language, found) : [];
    if (others.length > 0) {
      const detail = `the provider has a template ${wanted.providerName} in ${at} that says something else: ${others.join('; ')}`;
      return this.line(wanted, at, 'conflict', detail);
    }
    this.line(wanted, at, 'adopt', 'the provider has it already, with this text');
  }

  private driftOf(wanted: TemplateDefinition, language: TemplateLanguage): string | undefined {
    const found = this.present.listed?.(wanted.providerName, language.language);
    const others = found ? differences(wanted, language, found) : [];
    return others.length > 0 ? `was changed at the provider: ${others.join('; ')}` : undefined;
  }

  /** @returns the languages that go on although the file has them no more */
  private removedLanguages(wanted: TemplateDefinition, before: TemplateDefinition | undefined): TemplateLanguage[] {
    const removed = (before?.retired ? [] : (before?.languages ?? [])).filter(
      ({ language }) => !languageOf(wanted, language),
    );
    const declared = new Set(wanted.variables.map(({ name }) => name));
    return removed.filter((language) => {
      if (this.present.prune) {
        this.line(wanted, language.language, 'retire', 'the file has this language no more');
        return false;
      }
      const lost = variablesOf(language).find((name) => !declared.has(name));
      if (lost !== undefined) {
        const detail = `the file has this language no more and declares no variable "${lost}", which it uses: give it a new version, or take it out of use with prune`;
        this.line(wanted, language.language, 'changed-text', detail);
        return false;
      }
      this.line(wanted, language.language, 'keep', 'the file has this language no more; prune takes it out of use');
      return true;
    });
  }

  private absent(definition: TemplateDefinition): void {
    if (this.present.prune) return this.retire(definition, 'not in the directory');
    for (const { language } of definition.languages) {
      this.line(definition, language, 'keep', 'not in the directory; prune takes it out of use');
    }
  }

  /** An older version goes on being sent where the newer is not approved, and is what takes over when that is withdrawn. */
  private older(definition: TemplateDefinition, newer: TemplateDefinition): void {
    if (!this.present.prune) return;
    const missing = definition.languages
      .map(({ language }) => language)
      .filter((language) => {
        const state = this.present.stateOf(newer.providerName, language);
        return state === undefined || !isSendable(state.status);
      });
    if (missing.length === 0)
      return this.retire(definition, `version ${newer.version} may be sent in each of its languages`);
    for (const { language } of definition.languages) {
      this.line(definition, language, 'keep', `version ${newer.version} may not be sent yet in ${missing.join(', ')}`);
    }
  }

  private retire(definition: TemplateDefinition, why: string): void {
    for (const { language } of definition.languages) this.line(definition, language, 'retire', why);
    this.definitions.push({ ...definition, appliedAt: this.present.at, retired: true });
  }

  private line(definition: TemplateDefinition, language: string, action: PlanAction, detail?: string): void {
    const { name, version, providerName } = definition;
    const status = this.present.stateOf(providerName, language)?.status;
    this.lines.push({
      name,
      version,
      language,
      action,
      isError: ERRORS.includes(action),
      ...(detail !== undefined && { detail }),
      ...(status !== undefined && { status }),
    });
  }
}

const variablesOf = ({ header, subject, body, buttons = [] }: TemplateLanguage): string[] => [
  ...(header?.variables ?? []),
  ...(subject?.variables ?? []),
  ...body.variables,
  ...buttons.flatMap(({ variable }) => variable ?? []),
];
