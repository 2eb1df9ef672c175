import { Injectable } from '@nestjs/common';
import { withDeadline } from '../service/deadline.ts';

/** Says why the service is not ready, or undefined when this part is. May ask a dependency. */
export type ReadinessCheck = () => string | undefined | Promise<string | undefined>;

/** Shorter than the default time-out of a Kubernetes probe (1 s), so that the answer with its reason still arrives. */
const CHECK_TIMEOUT_MS = 800;

/**
 * What must hold before the service may be given work. Each part registers its own check; the service is ready when all
 * of them are content, from the end of the start until the signal to stop.
 */
@Injectable()
export class Readiness {
  private readonly checks = new Map<string, ReadinessCheck>();
  private phase: 'starting' | 'started' | 'stopping' = 'starting';

  constructor() {
    this.register('service', () => (this.phase === 'started' ? undefined : this.phase));
  }

  /** @throws Error when a check of that name exists */
  register(name: string, check: ReadinessCheck): void {
    if (this.checks.has(name)) throw new Error(`readiness check "${name}" is registered already`);
    this.checks.set(name, check);
  }

  get names(): string[] {
    return [...this.checks.keys()];
  }

  /** Why the named part is not ready. A check that throws, or takes longer than 800 ms, is not ready for that reason. */
  async reason(name: string): Promise<string | undefined> {
    const check = this.checks.get(name);
    if (check === undefined) return 'unknown check';
    try {
      return await withDeadline(Promise.resolve(check()), CHECK_TIMEOUT_MS, 'the check');
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** All reasons, by name; empty when the service is ready. */
  async problems(): Promise<Record<string, string>> {
    const found = await Promise.all(this.names.map(async (name) => [name, await this.reason(name)] as const));
    return Object.fromEntries(found.filter((entry): entry is [string, string] => entry[1] !== undefined));
  }

  started(): void {
    if (this.phase === 'starting') this.phase = 'started';
  }

  stopping(): void {
    this.phase = 'stopping';
  }
}
