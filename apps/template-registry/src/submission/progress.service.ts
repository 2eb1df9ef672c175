import { Injectable } from '@nestjs/common';
import { Accounts, type Account } from '@heliograph/accounts';
import { isSendable } from '@heliograph/contracts';
import { RedisClient } from '@heliograph/redis';
import { accountOf } from '../desired/account-of.ts';
import { TemplateTable } from '../templates/template-table.ts';
import { SubmissionStore } from './submission.store.ts';
import { isThere, wantedOf } from './wanted.ts';

/** How far the desired state of an account is at its provider. */
export interface Progress {
  readonly account: string;
  /** Templates, each language counted by itself. */
  readonly wanted: number;
  /** Of them, those that the provider has. */
  readonly submitted: number;
  readonly waiting: number;
  /** Of those submitted: how many may be sent. */
  readonly sendable: number;
  /** Of those submitted: how many are neither decided for nor against. */
  readonly inReview: number;
  /** Of those submitted, by what the provider says. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly waitsFor?: { readonly until: string; readonly reason: string };
  /** When the last one will be submitted at the earliest, by the limit of creations. ISO 8601. */
  readonly doneBy?: string;
  readonly refused: readonly RefusedCreation[];
}

export interface RefusedCreation {
  readonly name: string;
  readonly version: number;
  readonly language: string;
  /** The provider's text. */
  readonly reason: string;
  readonly at: string;
}

const IN_REVIEW = ['PENDING', 'IN_REVIEW'];

/** Tells how far a submission is; in any replica. */
@Injectable()
export class ProgressService {
  constructor(
    private readonly accounts: Accounts,
    private readonly table: TemplateTable,
    private readonly redis: RedisClient,
  ) {}

  /** @throws ApiError 400; Unavailable */
  async of(tenant: string, given?: string): Promise<Progress> {
    const account = accountOf(this.accounts, tenant, given);
    const owner = { tenant, account: account.id };
    const store = new SubmissionStore(this.redis, account.id);
    const [refusedAs, waitsFor] = await Promise.all([store.refusals(), store.waiting()]);
    const refused: RefusedCreation[] = [];
    const statuses: Record<string, number> = {};
    const wanted = wantedOf(this.table.definitionsOf(owner));
    let [submitted, sendable, inReview] = [0, 0, 0];
    for (const one of wanted) {
      const { definition, language } = one;
      const { name, version, providerName } = definition;
      const state = this.table.state({ ...owner, name: providerName, language });
      const refusal = isThere(state) ? undefined : refusedAs(one);
      if (refusal) refused.push({ name, version, language, reason: refusal.reason, at: refusal.at });
      if (!state || !isThere(state)) continue;
      submitted++;
      if (isSendable(state.status)) sendable++;
      if (IN_REVIEW.includes(state.status)) inReview++;
      statuses[state.status] = (statuses[state.status] ?? 0) + 1;
    }
    const waiting = wanted.length - submitted - refused.length;
    const counts = { wanted: wanted.length, submitted, waiting, sendable, inReview, statuses };
    const waits =
      waiting > 0 && waitsFor !== undefined ? { waitsFor, ...doneBy(account, waitsFor.until, waiting) } : {};
    return { account: account.id, ...counts, ...waits, refused };
  }
}

/** The budget lets 80 % of the limit through. */
function doneBy({ limits }: Account, next: string, waiting: number): { doneBy?: string } {
  const limit = limits.templates?.creations;
  if (!limit) return {};
  const eachMs = (limit.perSeconds * 1_000) / (0.8 * limit.requests);
  return { doneBy: new Date(Date.parse(next) + (waiting - 1) * eachMs).toISOString() };
}
