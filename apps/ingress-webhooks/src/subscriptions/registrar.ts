import type { CallOptions, CallResult, ProviderAccess, ProviderClient, Subscription } from '@heliograph/providers';
import type { Lease } from '@heliograph/redis';
import { Unavailable, type Log } from '@heliograph/runtime';
import { metrics } from '../metrics.ts';
import { isNothing, repairOf, type Repair } from './differences.ts';

/** `missing`: it is not there, and could not be created. `failing`: what is there could not be found out or repaired. */
export type RegistrationState = 'ok' | 'missing' | 'failing';

/** How a check of an account's registrations ended. `abandoned`: the lease was lost, or the service stops. */
export type CheckResult =
  | { readonly kind: 'ok' }
  | { readonly kind: 'throttled'; readonly retryAt: number; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'abandoned' };

type Change = 'created' | 'replaced' | 'removed';
type Failed = Exclude<CallResult<never>, { outcome: 'ok' }>;

/** Listing, repairing and listing again so often without an end means that somebody else works against us. */
const MOST_PASSES = 5;

/** Keeps the registrations of one account at its provider as they should be. */
export class Registrar {
  readonly #states = new Map<string, RegistrationState>();

  constructor(
    readonly access: ProviderAccess,
    private readonly wanted: readonly Subscription[],
    private readonly log: Log,
  ) {}

  get account(): string {
    return this.access.account.id;
  }

  /** As of the last check by this replica. */
  get states(): ReadonlyMap<string, RegistrationState> {
    return this.#states;
  }

  /** Another replica knows better from now on. */
  forget(): void {
    this.#states.clear();
  }

  /**
   * Compares every registration with what the provider lists, and repairs what differs. Each is looked at again after
   * whatever was done to it, also when its outcome is unknown: only a list says what is there.
   *
   * @param lease no request begins after its end
   * @param signal aborts with it, and when the service stops
   */
  async check(lease: Lease, signal: AbortSignal): Promise<CheckResult> {
    let result: CheckResult = { kind: 'ok' };
    try {
      for (const wanted of this.wanted) {
        const failed = await this.#keep(wanted, lease, signal);
        if (failed) result = failed.outcome === 'throttled' ? { kind: 'throttled', ...failed } : explained(failed);
        if (result.kind === 'throttled') break;
      }
      if (result.kind === 'ok') await lease.markDone();
    } catch (error) {
      if (signal.aborted) result = { kind: 'abandoned' };
      else if (error instanceof Unavailable) result = { kind: 'failed', reason: error.message };
      else throw error;
    }
    metrics.subscriptionChecks.inc({ account: this.account, result: result.kind });
    if ('reason' in result) this.log.warn({ account: this.account, ...result }, 'registrations were not checked');
    return result;
  }

  /** @returns why it is not certain to be as it should be */
  async #keep(wanted: Subscription, lease: Lease, signal: AbortSignal): Promise<Failed | undefined> {
    const ask = <T>(make: (client: ProviderClient, options: CallOptions) => Promise<CallResult<T>>) =>
      this.access.call(make, { signal, notAfter: () => lease.endsAt });
    let failed: Failed | undefined;
    for (let pass = 1; pass <= MOST_PASSES; pass++) {
      const list = await ask((client, options) => client.listSubscriptions(wanted.kind, options));
      if (list.outcome !== 'ok') return this.#failing(wanted, list);
      const repair = repairOf(wanted, list.value.subscriptions);
      if (isNothing(repair)) {
        this.#states.set(wanted.kind, 'ok');
        return undefined;
      }
      this.#states.set(wanted.kind, repair.create ? 'missing' : 'failing');
      failed = await this.#repair(wanted, repair, ask);
      if (failed && failed.outcome !== 'unknown' && !isGone(failed)) return failed;
    }
    return failed ?? { outcome: 'unknown', reason: `it is not as it should be after ${MOST_PASSES} repairs` };
  }

  #failing({ kind }: Subscription, failed: Failed): Failed {
    this.#states.set(kind, 'failing');
    return failed;
  }

  /** Does what has to be done, until something fails. */
  async #repair(
    wanted: Subscription,
    { create, replace, remove }: Repair,
    ask: <T>(make: (client: ProviderClient, options: CallOptions) => Promise<CallResult<T>>) => Promise<CallResult<T>>,
  ): Promise<Failed | undefined> {
    if (create) {
      const result = await ask((client, options) => client.createSubscription(wanted, options));
      if (result.outcome !== 'ok') return result;
      this.#changed(wanted, 'created', { id: result.value.id });
    }
    if (replace) {
      const result = await ask((client, options) => client.replaceSubscription(replace.id, wanted, options));
      if (result.outcome !== 'ok') return result;
      this.#changed(wanted, 'replaced', replace);
    }
    for (const id of remove) {
      const result = await ask((client, options) => client.removeSubscription(wanted.kind, id, options));
      if (result.outcome !== 'ok') return result;
      this.#changed(wanted, 'removed', { id });
    }
    return undefined;
  }

  #changed({ kind: registration, name }: Subscription, change: Change, about: object): void {
    const { account } = this;
    metrics.subscriptionChanges.inc({ account, registration, change });
    this.log.info({ account, registration, name, ...about }, `registration ${change}`);
  }
}

/** Somebody else removed it meanwhile: the next list shows what is left. */
const isGone = (failed: Failed): boolean => failed.outcome === 'refused' && failed.code === 'not-found';

const explained = ({ outcome, reason }: Failed): CheckResult => ({ kind: 'failed', reason: `${outcome}: ${reason}` });
