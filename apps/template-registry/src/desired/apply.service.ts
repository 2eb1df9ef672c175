import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Accounts, type Account } from '@heliograph/accounts';
import { definitionKey, type TemplateDefinition } from '@heliograph/contracts';
import { ApiError, badRequest } from '@heliograph/http-api';
import type { TemplateProblem } from '@heliograph/templates';
import { Log } from '@heliograph/runtime';
import { metrics } from '../metrics.ts';
import { ProviderLists } from '../templates/provider-lists.ts';
import { TemplateTable } from '../templates/template-table.ts';
import { newestOf } from '../submission/wanted.ts';
import { accountOf } from './account-of.ts';
import { DesiredState } from './desired-state.ts';
import { planOf, type Plan, type PlanAction, type PlanLine } from './plan.ts';
import { readFiles, type GivenFile } from './read-files.ts';

export interface Directory {
  readonly account?: string | undefined;
  readonly files: readonly GivenFile[];
  /** Takes out of use what is not in the directory. */
  readonly prune: boolean;
  /** Asks the provider what its templates say, and compares that, too. */
  readonly compare: boolean;
}

/** What applying a directory would do, or has done. */
export interface PlannedDirectory {
  readonly account: string;
  /** Names what it was planned against. */
  readonly revision: string;
  /** Whether it can be applied as it is. */
  readonly applicable: boolean;
  readonly problems: readonly TemplateProblem[];
  readonly lines: readonly PlanLine[];
  readonly counts: Partial<Record<PlanAction, number>>;
}

interface Planned {
  readonly directory: PlannedDirectory;
  readonly definitions: readonly TemplateDefinition[];
}

const BUSY = 'The templates of your tenant are being applied by somebody else at this moment: apply again';
const STALE = 'The templates have changed since this was planned: plan again';

/** Plans and applies directories of template files. */
@Injectable()
export class ApplyService {
  constructor(
    private readonly accounts: Accounts,
    private readonly desired: DesiredState,
    private readonly table: TemplateTable,
    private readonly lists: ProviderLists,
    private readonly log: Log,
  ) {}

  /** @throws ApiError 400; Unavailable */
  async plan(tenant: string, directory: Directory): Promise<PlannedDirectory> {
    const account = accountOf(this.accounts, tenant, directory.account);
    return (await this.planned(account, directory)).directory;
  }

  /**
   * Makes the directory the desired state: acknowledged by Kafka when it returns.
   *
   * @param revision that of the plan it was decided on; any when absent
   * @throws ApiError 400, 409 while somebody else applies or when the plan is stale, 422 for what cannot be applied; Unavailable
   */
  async apply(tenant: string, directory: Directory, revision?: string): Promise<PlannedDirectory> {
    const account = accountOf(this.accounts, tenant, directory.account);
    const count = (result: string): void => metrics.applies.inc({ tenant, result });
    const applied = await this.desired.alone(tenant, async (lease) => {
      const planned = await this.planned(account, directory);
      if (revision !== undefined && revision !== planned.directory.revision)
        throw (count('conflict'), new ApiError(409, STALE));
      if (!planned.directory.applicable) throw (count('refused'), notApplicable(planned.directory));
      if (planned.definitions.length === 0) return (count('unchanged'), planned.directory);
      await this.desired.write(planned.definitions, account.profile, lease);
      count('changed');
      const { counts } = planned.directory;
      this.log.info(
        { tenant, account: account.id, definitions: planned.definitions.length, counts },
        'templates applied',
      );
      return planned.directory;
    });
    if (!applied) throw (count('conflict'), new ApiError(409, BUSY));
    return applied.done;
  }

  private async planned(account: Account, directory: Directory): Promise<Planned> {
    const { tenant, id } = account;
    const at = new Date().toISOString();
    const all = await this.desired.read(tenant);
    const known = all.filter((definition) => definition.account === id);
    const stay = (names: ReadonlySet<string>) =>
      newestOf(all).filter((one) => one.account !== id || (!names.has(one.name) && !directory.prune));
    const { definitions, problems } = readFiles(directory.files, account, this.accounts, stay, at);
    const broken = problems.some(({ severity }) => severity === 'error');
    const plan = broken ? undefined : await this.compared(account, definitions, known, directory, at);
    const lines = plan?.lines ?? [];
    const applicable = !broken && !lines.some(({ isError }) => isError);
    const shown = { account: id, revision: revisionOf(known), applicable, problems, lines, counts: countsOf(lines) };
    return { directory: shown, definitions: plan?.definitions ?? [] };
  }

  private async compared(
    account: Account,
    wanted: readonly TemplateDefinition[],
    known: readonly TemplateDefinition[],
    { prune, compare }: Directory,
    at: string,
  ): Promise<Plan> {
    const owner = { tenant: account.tenant, account: account.id };
    const stateOf = (name: string, language: string) => this.table.state({ ...owner, name, language });
    const plan = compare ? undefined : planOf(wanted, { known, stateOf, prune, at });
    if (plan && !plan.needsListing) return plan;
    const listed = await this.lists.read(account.id);
    return planOf(wanted, { known, stateOf, listed, prune, at });
  }
}

function revisionOf(known: readonly TemplateDefinition[]): string {
  const said = known.map((one) => `${definitionKey(one)} ${one.appliedAt}`).sort();
  return createHash('sha256').update(said.join('\n')).digest('base64url').slice(0, 16);
}

function countsOf(lines: readonly PlanLine[]): Partial<Record<PlanAction, number>> {
  const counts: Partial<Record<PlanAction, number>> = {};
  for (const { action } of lines) counts[action] = (counts[action] ?? 0) + 1;
  return counts;
}

function notApplicable({ problems, lines }: PlannedDirectory): ApiError {
  const ofFiles = problems
    .filter(({ severity }) => severity === 'error')
    .map(({ file, line, rule, reason }) => ({
      field: line === undefined ? file : `${file}:${line}`,
      reason: `${rule}: ${reason}`,
    }));
  const ofPlan = lines
    .filter(({ isError }) => isError)
    .map(({ name, version, language, detail, action }) => ({
      field: `${name} version ${version} (${language})`,
      reason: `${action}: ${detail}`,
    }));
  const details = [...ofFiles, ...ofPlan];
  return new ApiError(422, `Nothing was applied: ${badRequest(details).message}`, details);
}
