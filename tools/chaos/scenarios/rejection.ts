import { waitFor, type ToldEvent } from '@heliograph/testing';
import type { Trial } from '../run/trial.ts';

const WAIT = { timeoutMs: 10 * 60_000, intervalMs: 200 };

/** A template is rejected. @returns the event that tells of it, acknowledged by ingress */
export async function rejected({ system }: Trial, name: string): Promise<ToldEvent> {
  const { simulator, reviewers } = system;
  const before = (await simulator.events()).at(-1)?.seq ?? 0;
  const verdict = { status: 'REJECTED', rejection_reason: 'POLICY_VIOLATION' } as const;
  await reviewers.change({ name, language: 'en_US', ...verdict });
  return waitFor(
    async () => {
      const [told] = (await simulator.events(before)).filter(({ template }) => template === name);
      return told?.acknowledgedAt !== undefined && told;
    },
    { ...WAIT, description: 'ingress has acknowledged the rejection' },
  );
}
