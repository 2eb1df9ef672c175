import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { LeasedRounds } from '@heliograph/redis';
import { fatal } from '@heliograph/runtime';
import { registrations, type RegistrationReport } from '../metrics.ts';
import type { Registrar } from './registrar.ts';

/** The registrations of one account, and who checks them when. */
export interface KeptAccount {
  readonly registrar: Registrar;
  readonly rounds: LeasedRounds;
}

/**
 * Keeps the registrations of all accounts, from the start of the service until it stops. Readiness has nothing to do with it:
 * webhooks of what is registered must be received, whatever else fails.
 */
@Injectable()
export class SubscriptionsService implements OnApplicationBootstrap, RegistrationReport {
  private readonly stopping = new AbortController();
  private running: Promise<unknown> = Promise.resolve();

  constructor(private readonly kept: readonly KeptAccount[]) {}

  onApplicationBootstrap(): void {
    registrations.add(this);
    this.running = Promise.all(this.kept.map(({ rounds }) => rounds.run(this.stopping.signal))).catch(fatal);
  }

  async stop(): Promise<void> {
    registrations.delete(this);
    this.stopping.abort(new Error('the service stops'));
    await this.running;
    await Promise.all(this.kept.map(({ registrar }) => registrar.access.close()));
  }

  *accounts(): Iterable<{ account: string; holdsLease: boolean; uncheckedSeconds: number }> {
    for (const { rounds } of this.kept) {
      const { account, holdsLease, staleSeconds: uncheckedSeconds } = rounds;
      yield { account, holdsLease, uncheckedSeconds };
    }
  }

  *states(): Iterable<{ account: string; registration: string; state: string }> {
    for (const { registrar } of this.kept) {
      for (const [registration, state] of registrar.states) yield { account: registrar.account, registration, state };
    }
  }
}
