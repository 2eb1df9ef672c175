import type { Log } from '../log/log.ts';
import { withDeadline } from './deadline.ts';

/**
 * How the time between the signal and the end is spent. With G = SHUTDOWN_GRACE_MS (default 20 s):
 *
 * | phase     | share  | of 20 s | what                                                                          |
 * |-----------|--------|---------|-------------------------------------------------------------------------------|
 * | announce  | 0      | 0       | readiness answers 503; everything still works                                 |
 * | consumers | 0.60 G | 12 s    | strategies stop consuming, finish what they hold, commit                      |
 * | requests  | 0.10 G | 2 s     | new requests get 503, those in work are answered                              |
 * | clients   | 0.25 G | 5 s     | publishers and clients close (onModuleDestroy, beforeApplicationShutdown), then HTTP |
 * | rest      | 0.05 G | 1 s     | last log line, exit                                                           |
 *
 * A phase that overruns is given up and the next one begins, so a stuck consumer does not keep publishers from flushing;
 * the process then ends with 1. At G it ends with 1 wherever it is. What is cut off is not lost: its offsets are not
 * committed, its requests not answered.
 *
 * The orchestrator's grace period must be larger than G, and than G plus its preStop wait where it has one: Kubernetes'
 * default of 30 s leaves 10 s for load balancers to notice that the service is gone.
 */
export const PHASE_SHARES = { consumers: 0.6, requests: 0.1, clients: 0.25 } as const;
export type PhaseName = keyof typeof PHASE_SHARES;

/** Milliseconds that a phase may take. */
export function phaseMs(phase: PhaseName, shutdownGraceMs: number): number {
  return Math.floor(PHASE_SHARES[phase] * shutdownGraceMs);
}

export interface Phase {
  readonly name: PhaseName;
  run(): Promise<unknown>;
}

/**
 * Runs the phases in order, each within its share.
 *
 * @returns whether all of them ended well
 */
export async function runPhases(phases: readonly Phase[], shutdownGraceMs: number, log: Log): Promise<boolean> {
  let clean = true;
  for (const phase of phases) {
    const { name } = phase;
    const begun = performance.now();
    try {
      await withDeadline(phase.run(), phaseMs(name, shutdownGraceMs), `phase ${name}`);
      log.debug({ phase: name, ms: Math.round(performance.now() - begun) }, 'phase ended');
    } catch (err) {
      clean = false;
      log.error({ phase: name, err }, 'phase of the stop given up');
    }
  }
  return clean;
}
