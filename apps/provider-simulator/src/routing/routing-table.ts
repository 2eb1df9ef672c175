import type { AccountSettings } from '../settings/account-settings.ts';

export type RoutingKind = 'queue' | 'skill' | 'user';

/** `forbidden`: the client may neither see nor use it; `removed`: there is no such object any more. */
export type RoutingState = 'active' | 'inactive' | 'removed' | 'forbidden';

/**
 * The queues, skills and users of an account. Where the settings name none of a kind, every id of it exists until a test says
 * otherwise.
 */
export class RoutingTable {
  readonly #settings: AccountSettings;
  readonly #states = new Map<string, RoutingState>();

  constructor(settings: AccountSettings) {
    this.#settings = settings;
  }

  set(kind: RoutingKind, id: string, state: RoutingState): void {
    this.#states.set(key(kind, id), state);
  }

  stateOf(kind: RoutingKind, id: string): RoutingState {
    const known = this.#known(kind);
    return this.#states.get(key(kind, id)) ?? (known.length === 0 || known.includes(id) ? 'active' : 'removed');
  }

  #known(kind: RoutingKind): readonly string[] {
    const { senders, queues, skills, users } = this.#settings;
    if (kind === 'skill') return skills;
    if (kind === 'user') return users;
    // Where no sender names a queue, queues are not checked.
    const ofSenders = senders.flatMap((sender) => sender.queueId ?? []);
    return ofSenders.length === 0 && queues.length === 0 ? [] : [...ofSenders, ...queues];
  }
}

const key = (kind: RoutingKind, id: string): string => `${kind}\n${id}`;
