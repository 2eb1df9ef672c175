import { inParallel, type Activity } from '@heliograph/testing';
import type { EntryOut, Part } from '../judge/evidence.ts';
import { named } from '../judge/evidence.ts';
import { swappedOf } from '../judge/order.ts';
import type { Trial } from '../run/trial.ts';

/** The timeline of the row against the activities in the CRM: one for each entry, in their order. */
export async function judgeCrm(trial: Trial): Promise<Part> {
  const { entries } = await trial.evidence();
  const activities: Activity[] = [];
  const conversations = [...new Set(entries.map(({ conversationId }) => conversationId))];
  await inParallel(conversations, 8, async (id) => activities.push(...(await trial.system.simulator.activities(id))));
  return compareCrm(entries, activities);
}

export function compareCrm(entries: readonly EntryOut[], activities: readonly Activity[]): Part {
  const shown = new Set(activities.map(({ conversationId, sequence }) => `${conversationId} ${sequence}`));
  const wanted = new Set(entries.map(({ conversationId, sequence }) => `${conversationId} ${sequence}`));
  const missing = [...wanted].filter((place) => !shown.has(place));
  const placed = activities
    .toSorted((a, b) => a.arrival - b.arrival)
    .map(({ conversationId: key, sequence }) => ({ key, name: `${key} ${sequence}`, from: sequence, until: sequence }));
  const swapped = swappedOf(placed);
  return {
    lost: missing.length,
    swapped: swapped.length,
    findings: [
      ...named('not in the CRM', missing),
      ...named(
        'behind a later one in the CRM',
        swapped.map(({ name }) => name),
      ),
    ],
  };
}
