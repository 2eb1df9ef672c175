import type { TemplateDefinition } from '@heliograph/contracts';
import type { CallResult, ProviderAccess, SubmittedTemplate } from '@heliograph/providers';
import { waitAtMost, type Tenure } from '../templates/tenure.ts';
import type { SubmissionStore } from './submission.store.ts';
import type { Wanted } from './wanted.ts';

type Throttled = Extract<CallResult<never>, { outcome: 'throttled' }>;

/** Who waits for less is not shown as waiting. */
const SHOWN_AFTER_MS = 500;

/** Creations at the provider, within the budgets; what keeps them waiting is told to everybody. */
export class CreationCall {
  #provider: string | undefined;
  #isWaiting = false;

  constructor(
    private readonly access: ProviderAccess,
    private readonly store: SubmissionStore,
  ) {}

  /** Under a new lease: another replica may have left something behind. */
  begin(): void {
    this.#provider = undefined;
    this.#isWaiting = true;
  }

  /** What WhatsApp templates were created under; undefined for other channels. */
  providerOf({ channel }: TemplateDefinition): string | undefined {
    return channel === 'whatsapp' ? this.#provider : undefined;
  }

  /**
   * One creation, with a grant of everything it counts for.
   *
   * @throws Unavailable, the reason of the tenure's end
   */
  async create({ definition, language }: Wanted, tenure: Tenure): Promise<CallResult<SubmittedTemplate>> {
    const missing = definition.channel === 'whatsapp' ? await this.#findProvider(tenure) : undefined;
    if (missing) return missing;
    const provider = this.providerOf(definition);
    const submission = { definition, language, ...(provider !== undefined && { provider }) };
    const shown = setTimeout(() => void this.#showLine(), SHOWN_AFTER_MS);
    try {
      return await this.access.call(
        (client, options) => {
          clearTimeout(shown);
          // Not waited for: the grant runs out within 100 ms.
          void this.goOn().catch(() => undefined);
          return client.createTemplate(submission, options);
        },
        { ...limitsOf(tenure), buckets: (client) => this.access.buckets.template(client, 'creation') },
      );
    } finally {
      clearTimeout(shown);
    }
  }

  /** The provider takes no more for now: nobody creates before the moment it named. */
  async throttled({ retryAt, named, of, reason }: Throttled, { signal }: Tenure): Promise<void> {
    const { templateCreations: bucket } = this.access.buckets;
    if (of === 'templates' && bucket) {
      const { budget } = this.access;
      await (named ? budget.pauseFor(Math.max(0, retryAt - Date.now()), bucket) : budget.slowDown(bucket));
    }
    await this.waitUntil(retryAt, reason);
    await waitAtMost(retryAt - Date.now(), signal);
  }

  /**
   * @param until milliseconds of Date.now()
   * @throws Unavailable
   */
  async waitUntil(until: number, reason: string): Promise<void> {
    this.#isWaiting = true;
    await this.store.wait({ until: new Date(until).toISOString(), reason });
  }

  /** @throws Unavailable */
  async goOn(): Promise<void> {
    if (!this.#isWaiting) return;
    await this.store.goOn();
    this.#isWaiting = false;
  }

  /** Guide 001, section 1: the provider of type WHATSAPP. Where there are several, templates are created under the first. */
  async #findProvider(tenure: Tenure): Promise<Exclude<CallResult<never>, { outcome: 'ok' }> | undefined> {
    if (this.#provider !== undefined) return undefined;
    const found = await this.access.call((client, options) => client.listTemplateProviders(options), {
      ...limitsOf(tenure),
      buckets: (client) => this.access.buckets.template(client, 'reading'),
    });
    if (found.outcome !== 'ok') return found;
    this.#provider = found.value[0]?.id;
    if (this.#provider !== undefined) return undefined;
    return { outcome: 'refused', code: 'forbidden', reason: 'the account has no provider of type WHATSAPP' };
  }

  /** Waiting for its turn within the limit. */
  async #showLine(): Promise<void> {
    const { templateCreations: bucket } = this.access.buckets;
    const interval = bucket ? bucket.periodMs / (0.8 * bucket.limit) : 0;
    const reason = 'the limit of creations per hour';
    await this.waitUntil(Date.now() + Math.max(SHOWN_AFTER_MS, interval - SHOWN_AFTER_MS), reason).catch(
      () => undefined,
    );
  }
}

const limitsOf = ({ lease, signal }: Tenure) => ({ signal, notAfter: () => lease.endsAt });
