import type { Accounts } from '@heliograph/accounts';
import type { CampaignDefinition, CampaignReason, CampaignState } from '@heliograph/contracts';
import type { AccountHealth } from './account-health.ts';
import type { TemplateTopics } from './template-topics.ts';

/** What campaigns need, at this moment. `unknown`: it cannot be said, which starts none and halts none. */
export type PreflightVerdict =
  | { readonly kind: 'passes' }
  | { readonly kind: 'fails'; readonly reasons: CampaignReason[] }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Looks at what a campaign needs to be sent. Cheap: to be asked before each batch. */
export class Preflight {
  constructor(
    private readonly accounts: Accounts,
    private readonly templates: Pick<TemplateTopics, 'catalogue' | 'problem'>,
    private readonly health: Pick<AccountHealth, 'of' | 'problem'>,
  ) {}

  /** Why nothing more of the campaign may be given now; empty when it may. */
  problems(state: CampaignState): CampaignReason[] {
    const verdict = this.verdict(state);
    if (verdict.kind === 'passes') return [];
    return verdict.kind === 'fails' ? verdict.reasons : [{ code: 'not-known', reason: verdict.reason }];
  }

  verdict({ definition }: Pick<CampaignState, 'definition'>): PreflightVerdict {
    const sender = this.senderProblem(definition);
    if (sender) return { kind: 'fails', reasons: [sender] };
    const reason = this.templates.problem() ?? this.health.problem();
    if (reason !== undefined) return { kind: 'unknown', reason };
    const problems = [this.templateProblem(definition), this.health.of(definition.account)];
    const reasons = problems.filter((problem) => problem !== undefined);
    return reasons.length === 0 ? { kind: 'passes' } : { kind: 'fails', reasons };
  }

  private senderProblem({ tenant, account, channel, sender }: CampaignDefinition): CampaignReason | undefined {
    if (this.accounts.byId(account)?.tenant !== tenant)
      return { code: 'account-unknown', reason: `there is no account ${account}` };
    if (this.accounts.sender(account, sender, channel)) return undefined;
    return { code: 'sender-unknown', reason: `account ${account} has no sender "${sender}" on ${channel}` };
  }

  /** Why its template may not be sent in a language that only some recipients have; undefined when it may. */
  languageProblem(definition: CampaignDefinition, language: string): CampaignReason | undefined {
    return language === definition.template.language ? undefined : this.templateProblem(definition, language);
  }

  private templateProblem(
    { tenant, account, channel, template: { name, ...template } }: CampaignDefinition,
    language = template.language,
  ): CampaignReason | undefined {
    const route = this.templates.catalogue.route({ tenant, account, channel, name, language });
    return route.kind === 'send' ? undefined : { code: route.code, reason: route.reason };
  }
}
