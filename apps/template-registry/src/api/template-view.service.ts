import { Injectable } from '@nestjs/common';
import { Accounts } from '@heliograph/accounts';
import { ApiError } from '@heliograph/http-api';
import type { TemplateDefinition, TemplateState } from '@heliograph/contracts';
import { nameAndVersionOf } from '@heliograph/templates';
import { accountOf } from '../desired/account-of.ts';
import { stepsOf } from '../lifecycle/next-state.ts';
import { TemplateTable, type Owner } from '../templates/template-table.ts';
import type { LanguageResponse, SendsResponse, TemplateResponse, VersionResponse } from './responses.ts';

/** Templates as people look at them: by the name of their file, with every version, language and step. */
@Injectable()
export class TemplateViewService {
  constructor(
    private readonly accounts: Accounts,
    private readonly table: TemplateTable,
  ) {}

  /** @throws ApiError 400 */
  list(tenant: string, given?: string): TemplateResponse[] {
    const { id: account } = accountOf(this.accounts, tenant, given);
    const owner = { tenant, account };
    const definitions = Map.groupBy(this.table.definitionsOf(owner), ({ name }) => name);
    const ofFiles = [...definitions].map(([name, versions]) => this.managed(owner, name, versions));
    const strangers = this.table.statesOf(owner).filter((state) => !this.table.definitionNamed(owner, state.name));
    const byHand = [...Map.groupBy(strangers, ({ name }) => name)].map(([name, states]) =>
      unmanaged(owner, name, states),
    );
    return [...ofFiles, ...byHand].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * @param name that of the file, or that at the provider
   * @throws ApiError 400, 404
   */
  get(tenant: string, name: string, given?: string): TemplateResponse {
    const all = this.list(tenant, given);
    const found = all.find((one) => one.name === name) ?? all.find((one) => one.name === nameAndVersionOf(name).name);
    if (found) return found;
    throw new ApiError(404, 'There is no template with this name');
  }

  private managed(owner: Owner, name: string, versions: readonly TemplateDefinition[]): TemplateResponse {
    const newestFirst = [...versions].sort((a, b) => b.version - a.version);
    const newest = newestFirst[0]!;
    return {
      name,
      account: owner.account,
      channel: newest.channel,
      managed: true,
      variables: newest.variables.map((variable) => variable.name),
      fallbacks: newest.fallbacks.map(({ template, channel }) => (channel ? `${template} (${channel})` : template)),
      sends: newest.languages.map(({ language }) => this.sends(newest, language)),
      versions: newestFirst.map((definition) => this.version(owner, definition)),
    };
  }

  private version(owner: Owner, definition: TemplateDefinition): VersionResponse {
    const { version, providerName, appliedAt, retired = false } = definition;
    const languages = definition.languages.map(({ language }) => {
      const state = this.table.state({ ...owner, name: providerName, language });
      return state ? languageOf(state) : { language, status: 'WAITING', history: [] };
    });
    return { version, providerName, appliedAt, retired, languages };
  }

  private sends(newest: TemplateDefinition, language: string): SendsResponse {
    const route = this.table.route(newest, language);
    if (route.kind === 'refused') return { language, why: route.reason };
    const { fallback, instead, definition } = route;
    return {
      language,
      sends: definition.providerName,
      ...(fallback?.channel && { by: fallback.channel }),
      ...(instead && { why: instead.reason }),
    };
  }
}

function unmanaged({ account }: Owner, name: string, states: readonly TemplateState[]): TemplateResponse {
  const appliedAt = states[0]!.checkedAt;
  const version = { version: 1, providerName: name, appliedAt, retired: false, languages: states.map(languageOf) };
  const channel = states[0]!.channel ?? 'whatsapp';
  return { name, account, channel, managed: false, variables: [], fallbacks: [], sends: [], versions: [version] };
}

function languageOf(state: TemplateState): LanguageResponse {
  const { language, status, rejectionReason, quality, category, checkedAt } = state;
  return {
    language,
    status,
    ...(rejectionReason !== undefined && { reason: rejectionReason }),
    ...(quality !== undefined && { quality }),
    ...(category !== undefined && { category }),
    checkedAt,
    history: stepsOf(state),
  };
}
