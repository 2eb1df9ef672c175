import { languageOf, type TemplateState } from '@heliograph/contracts';
import type { CallResult, ProviderAccess, SubmittedTemplate } from '@heliograph/providers';
import { Unavailable, type Log } from '@heliograph/runtime';
import { statusOf, withHistory } from '../lifecycle/next-state.ts';
import type { StateWriter } from '../lifecycle/state-writer.ts';
import { metrics } from '../metrics.ts';
import type { Owner, TemplateTable } from '../templates/template-table.ts';
import { Bell, waitAtMost, type Tenure } from '../templates/tenure.ts';
import { CreationCall } from './creation-call.ts';
import type { Refusal, SubmissionStore } from './submission.store.ts';
import { isThere, wantedOf, type Wanted } from './wanted.ts';

/** What the submitter needs of the account's keeper. */
export interface SubmitterHost {
  /** Asks for a reading soon. */
  readonly readAgain: () => void;
  /** A state was published of a template that had none. */
  readonly submitted: (tenure: Tenure) => Promise<void>;
}

const FIRST_BACK_OFF_MS = 1_000;
const LONGEST_BACK_OFF_MS = 60_000;
/** To look again at what only a bell changes. */
const IDLE_MS = 3_600_000;

/**
 * Creates at the provider what definitions want and the provider does not have, one after the other, under the account's lease.
 *
 * It begins with a complete reading, and whatever is unknown ends in another one: a creation whose answer was lost, or that
 * was made by a replica that died, is found there (or answered with "exists") and never made twice.
 */
export class Submitter {
  readonly #bell = new Bell();
  readonly #creation: CreationCall;
  readonly #owner: Owner;
  #readComplete = false;
  #failures = 0;
  /** Answered with "exists" and not found in a list since. */
  #existing: Wanted | undefined;

  constructor(
    access: ProviderAccess,
    private readonly table: TemplateTable,
    private readonly writer: StateWriter,
    private readonly store: SubmissionStore,
    private readonly host: SubmitterHost,
    private readonly log: Log,
  ) {
    const { tenant, id: account } = access.account;
    this.#owner = { tenant, account };
    this.#creation = new CreationCall(access, store);
  }

  /** A reading ended, complete or not. */
  read(complete: boolean): void {
    this.#readComplete ||= complete;
    this.#bell.ring();
  }

  /** What is wanted may have changed. */
  look(): void {
    this.#bell.ring();
  }

  /** Submits until the tenure ends. */
  async run(tenure: Tenure): Promise<void> {
    this.#readComplete = false;
    this.#existing = undefined;
    this.#creation.begin();
    while (!tenure.signal.aborted) {
      const changed = this.#bell.next();
      try {
        if (!(await this.#next(tenure))) await waitAtMost(IDLE_MS, tenure.signal, changed);
      } catch (error) {
        if (tenure.signal.aborted) return;
        if (!(error instanceof Unavailable)) throw error;
        await this.#later(tenure, error.message);
      }
    }
  }

  /** @returns false when there is nothing to do until the bell rings */
  async #next(tenure: Tenure): Promise<boolean> {
    if (!this.#readComplete) return false;
    const refused = await this.store.refusals();
    const wanted = this.#first(refused);
    if (!wanted) {
      await this.#creation.goOn();
      return false;
    }
    if (
      wanted.definition.providerName === this.#existing?.definition.providerName &&
      wanted.language === this.#existing.language
    ) {
      await this.#refuse(tenure, wanted, 'the provider says that it exists, and does not list it');
      return true;
    }
    const result = await this.#creation.create(wanted, tenure);
    metrics.submissions.inc({ account: this.#owner.account, result: kindOf(result) });
    await this.#ended(tenure, wanted, result);
    return true;
  }

  #first(refused: (wanted: Wanted) => Refusal | undefined): Wanted | undefined {
    return wantedOf(this.table.definitionsOf(this.#owner)).find(({ definition, language }) => {
      const state = this.table.state({ ...this.#owner, name: definition.providerName, language });
      return !isThere(state) && !refused({ definition, language });
    });
  }

  async #ended(tenure: Tenure, wanted: Wanted, result: CallResult<SubmittedTemplate>): Promise<void> {
    if (result.outcome === 'ok') return this.#submitted(tenure, wanted, result.value);
    if (result.outcome === 'throttled') return this.#creation.throttled(result, tenure);
    if (result.outcome === 'refused' && result.code === 'template-exists') {
      this.#existing = wanted;
      return this.#readFirst();
    }
    if (result.outcome === 'unknown') {
      this.#readFirst();
      return this.#later(tenure, result.reason);
    }
    // What the credentials may not do is no fault of the template.
    if (result.outcome === 'not-sent' || result.code === 'forbidden') return this.#later(tenure, result.reason);
    return this.#refuse(tenure, wanted, result.reason);
  }

  /** Only a list tells what became of it. */
  #readFirst(): void {
    this.#readComplete = false;
    this.host.readAgain();
  }

  async #submitted(tenure: Tenure, wanted: Wanted, { providerTemplateId, status }: SubmittedTemplate): Promise<void> {
    this.#failures = 0;
    const { definition, language } = wanted;
    const at = new Date().toISOString();
    const place = { ...this.#owner, name: definition.providerName, language };
    await this.writer.write(tenure.lease, () => {
      const before = this.table.state(place);
      // A reading or an event was faster.
      if (isThere(before)) return [];
      const provider = this.#creation.providerOf(definition);
      const state = stateOf(wanted, { ...place, providerTemplateId, at, status, provider });
      return [withHistory(state, before, { at, source: 'submission' })];
    });
    await this.host.submitted(tenure);
  }

  async #refuse(tenure: Tenure, wanted: Wanted, reason: string): Promise<void> {
    this.#failures = 0;
    this.#existing = undefined;
    const { definition, language } = wanted;
    const at = new Date().toISOString();
    const subject = { ...this.#owner, name: definition.providerName, language };
    await this.writer.alert(tenure.lease, subject, { what: 'refused', reason }, at);
    await this.store.refuse(wanted, reason, at);
  }

  async #later(tenure: Tenure, reason: string): Promise<void> {
    const ms = Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** Math.min(this.#failures++, 10));
    this.log.warn({ account: this.#owner.account, reason, againInMs: ms }, 'templates cannot be submitted for now');
    await this.#creation.waitUntil(Date.now() + ms, reason).catch(() => undefined);
    await waitAtMost(ms, tenure.signal);
  }
}

const kindOf = (result: CallResult<SubmittedTemplate>): string =>
  result.outcome === 'refused' && result.code === 'template-exists' ? 'exists' : result.outcome;

interface Submitted extends Owner {
  readonly name: string;
  readonly providerTemplateId: string;
  readonly at: string;
  readonly status: string;
  readonly provider: string | undefined;
}

function stateOf({ definition, language }: Wanted, given: Submitted): TemplateState {
  const { tenant, account, name, providerTemplateId, at, status, provider } = given;
  const { known: _known, ...verdict } = statusOf(status);
  const wanted = languageOf(definition, language);
  const { category, channel, version } = definition;
  const header = wanted?.header?.variables.length ?? 0;
  return {
    tenant,
    account,
    name,
    language,
    ...verdict,
    ...(category !== undefined && { category }),
    providerTemplateId,
    parameterCount: new Set(wanted?.body.variables).size,
    checkedAt: at,
    ...(provider !== undefined && { provider }),
    channel,
    ...(header > 0 && { headerParameterCount: header }),
    definition: definition.name,
    version,
  };
}
