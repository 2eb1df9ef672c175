import type { ListedSubscription, Subscription } from '@heliograph/providers';

/** What has to be done at the provider so that a registration is there once, and as it should be. */
export interface Repair {
  readonly create: boolean;
  /** The one that is kept, when it differs: its id, and the fields that do. */
  readonly replace?: { readonly id: string; readonly fields: readonly string[] };
  /** Doubles. */
  readonly remove: readonly string[];
}

/**
 * Compares a registration with what the provider lists. Its name says that it is ours; everybody else's are left alone. Of
 * several the oldest is kept, and where the provider tells no age, the first one listed.
 */
export function repairOf(wanted: Subscription, listed: readonly ListedSubscription[]): Repair {
  const [kept, ...doubles] = listed.filter(({ name }) => name === wanted.name).sort(byAge);
  if (!kept) return { create: true, remove: [] };
  const fields = differences(wanted, kept);
  return {
    create: false,
    ...(fields.length > 0 && { replace: { id: kept.id, fields } }),
    remove: doubles.map(({ id }) => id),
  };
}

export const isNothing = ({ create, replace, remove }: Repair): boolean => !create && !replace && remove.length === 0;

/** Names of the fields that are not as they should be. Event types are sets. */
export function differences(wanted: Subscription, listed: ListedSubscription): string[] {
  const same: Record<string, boolean> = {
    description: wanted.description === listed.description,
    eventTypes: isSameSet(wanted.eventTypes, listed.eventTypes),
    filters: isSameSet(pairs(wanted.filters), pairs(listed.filters)),
    endpoint: listed.endpoints === 1 && wanted.endpoint === listed.endpoint,
    enabled: listed.enabled,
  };
  return Object.keys(same).filter((field) => !same[field]);
}

// Moments in ISO 8601 and UTC sort like texts. The sort is stable, so those without one stay as listed.
const byAge = (a: ListedSubscription, b: ListedSubscription): number =>
  a.createdAt === undefined || b.createdAt === undefined ? 0 : a.createdAt.localeCompare(b.createdAt);

const pairs = (filters: Readonly<Record<string, string>>): string[] =>
  Object.entries(filters).map((pair) => JSON.stringify(pair));

const isSameSet = (a: readonly string[], b: readonly string[]): boolean =>
  new Set(a).size === new Set(b).size && a.every((one) => b.includes(one));
