import {
  type Channel,
  definitionKey,
  isSendable,
  languageOf,
  suggestion,
  type TemplateDefinition,
  type TemplateFallback,
  templateKey,
  type TemplateState,
} from '@heliograph/contracts';
import { Remembered } from './remembered.ts';
import { mismatchOf } from './state-mismatch.ts';
import type {
  AccountOf,
  RefusedTemplate,
  TemplateDecision,
  TemplateRoute,
  WantedTemplate,
  WantedOnChannel,
} from './choice.ts';

const inAccount = (of: { readonly tenant: string; readonly account: string }): string =>
  JSON.stringify([of.tenant, of.account]);

/**
 * Every definition and every state, and which template may be sent *now*. Pure and synchronous, and remembers its answers until
 * something changes: cheap enough to be asked before each send.
 */
export class TemplateCatalogue {
  /** By account, then by name: newest version first. */
  private readonly definitions = new Map<string, Map<string, TemplateDefinition[]>>();
  private readonly states = new Map<string, TemplateState>();
  private readonly decisions = new Remembered<TemplateDecision>();
  private readonly routes = new Remembered<TemplateRoute>();

  /** @param accountOf for fallbacks by another channel; without it they belong to the account of the template itself */
  constructor(private readonly accountOf: AccountOf | undefined = undefined) {}

  setDefinition(definition: TemplateDefinition): void {
    this.forget();
    const names = this.definitions.get(inAccount(definition)) ?? new Map<string, TemplateDefinition[]>();
    const others = (names.get(definition.name) ?? []).filter((one) => one.version !== definition.version);
    names.set(
      definition.name,
      [...others, definition].sort((a, b) => b.version - a.version),
    );
    this.definitions.set(inAccount(definition), names);
  }

  /** @param key of the record, see `definitionKey` */
  removeDefinition(key: string): void {
    this.forget();
    for (const names of this.definitions.values()) {
      for (const [name, versions] of names) {
        const left = versions.filter((one) => definitionKey(one) !== key);
        if (left.length === 0) names.delete(name);
        else if (left.length < versions.length) names.set(name, left);
      }
    }
  }

  setState(state: TemplateState): void {
    this.forget();
    this.states.set(templateKey(state), state);
  }

  /** @param key of the record, see `templateKey` */
  removeState(key: string): void {
    this.forget();
    this.states.delete(key);
  }

  /** @param of `name` is that at the provider */
  state(of: WantedTemplate): TemplateState | undefined {
    return this.states.get(templateKey(of));
  }

  /** Versions that are not retired, newest first. */
  versions({ name, ...of }: Omit<WantedTemplate, 'language'>): readonly TemplateDefinition[] {
    return (
      this.definitions
        .get(inAccount(of))
        ?.get(name)
        ?.filter((one) => one.retired !== true) ?? []
    );
  }

  /** Names of an account's templates that have a version that is not retired. */
  names(of: Pick<WantedTemplate, 'tenant' | 'account'>): string[] {
    const all = [...(this.definitions.get(inAccount(of)) ?? [])];
    return all.filter(([, versions]) => versions.some((one) => one.retired !== true)).map(([name]) => name);
  }

  /** The newest version that may be sent in this language: an older one goes on until the newer is approved. */
  choose({ tenant, account, name, language }: WantedTemplate): TemplateDecision {
    const wanted = { tenant, account, name, language };
    return this.decisions.get(JSON.stringify([tenant, account, name, language]), () => this.decide(wanted));
  }

  /** As {@link choose}, else the first fallback that may be sent, in the order of the lists, depth first. */
  route({ tenant, account, channel, name, language }: WantedOnChannel): TemplateRoute {
    const wanted = { tenant, account, channel, name, language };
    const key = JSON.stringify([tenant, account, channel, name, language]);
    return this.routes.get(key, () => this.walk(wanted));
  }

  private decide(wanted: WantedTemplate): TemplateDecision {
    const { account, name, language } = wanted;
    const versions = this.versions(wanted);
    if (versions.length === 0) {
      const reason = `account ${account} has no template "${name}"${suggestion(name, this.names(wanted))}`;
      return { kind: 'refused', code: 'template-unknown', reason };
    }
    const inLanguage = versions.filter((one) => languageOf(one, language));
    const [newest] = inLanguage;
    if (!newest) {
      const known = versions[0]!.languages.map((its) => its.language).join(', ');
      const reason = `template "${name}" is not there in ${language}: it has ${known}`;
      return { kind: 'refused', code: 'template-unknown', reason };
    }
    const stands: string[] = [];
    for (const definition of inLanguage) {
      const state = this.state({ ...wanted, name: definition.providerName });
      const problem = whyNot(definition, state);
      if (state && problem === undefined) return { kind: 'send', definition, state };
      stands.push(inLanguage.length > 1 ? `version ${definition.version} ${problem}` : problem!);
    }
    const reason = `template "${name}" (${language}) ${stands.join(', ')}`;
    return { kind: 'refused', code: 'template-not-approved', reason, definition: newest };
  }

  private walk(wanted: WantedOnChannel): TemplateRoute {
    const first = this.onChannel(wanted);
    if (first.kind === 'send') return first;
    const tried: string[] = [];
    const seen = new Set([JSON.stringify([wanted.account, wanted.name])]);
    const found = this.fallbackOf(wanted, {}, seen, tried);
    if (found) return { ...found, instead: first };
    return tried.length === 0 ? first : { ...first, reason: `${first.reason}; fallbacks: ${tried.join('; ')}` };
  }

  /** @param by the other channel that the way has led to, if it has */
  private fallbackOf(
    of: WantedOnChannel,
    by: Pick<TemplateFallback, 'channel' | 'sender'>,
    seen: Set<string>,
    tried: string[],
  ): (TemplateRoute & { kind: 'send' }) | undefined {
    const [newest] = this.versions(of);
    if (!newest || newest.channel !== of.channel) return undefined;
    for (const { template, channel, sender } of newest.fallbacks) {
      const away = channel === undefined ? by : { channel, sender };
      const account = channel === undefined ? of.account : this.accountBehind(of, channel, sender);
      if (account === undefined) {
        tried.push(`"${template}" has no sender "${sender}" on ${channel}`);
        continue;
      }
      const wanted = { ...of, account, name: template, channel: channel ?? of.channel };
      const mark = JSON.stringify([account, template]);
      if (seen.has(mark)) continue;
      seen.add(mark);
      const decision = this.onChannel(wanted);
      if (decision.kind === 'send') return { ...decision, fallback: { template, ...away } };
      tried.push(decision.reason);
      const further = this.fallbackOf(wanted, away, seen, tried);
      if (further) return further;
    }
    return undefined;
  }

  private accountBehind(of: WantedTemplate, channel: Channel, sender: string | undefined): string | undefined {
    return this.accountOf ? sender && this.accountOf(of.tenant, channel, sender) : of.account;
  }

  private onChannel(wanted: WantedOnChannel): TemplateDecision {
    const decision = this.choose(wanted);
    const definition = decision.definition;
    return definition && definition.channel !== wanted.channel ? ofOtherChannel(definition, wanted) : decision;
  }

  private forget(): void {
    this.decisions.clear();
    this.routes.clear();
  }
}

/** The end of a sentence that begins with the template; undefined when it may be sent. */
function whyNot(definition: TemplateDefinition, state: TemplateState | undefined): string | undefined {
  if (!state) return 'was not submitted yet';
  if (isSendable(state.status)) return mismatchOf(definition, state);
  return `is ${state.status}${state.rejectionReason ? `: ${state.rejectionReason}` : ''}`;
}

function ofOtherChannel({ name, channel }: TemplateDefinition, wanted: WantedOnChannel): RefusedTemplate {
  const reason = `template "${name}" is for ${channel}, not for ${wanted.channel}`;
  return { kind: 'refused', code: 'template-unknown', reason };
}
