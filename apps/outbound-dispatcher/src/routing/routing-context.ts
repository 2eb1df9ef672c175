import type { CallResult, RoutingName, RoutingObject } from '@heliograph/providers';

export interface RoutingLimits {
  /** Most objects that are remembered, of all accounts together. */
  readonly entries: number;
  /** Milliseconds after which one is looked up again. */
  readonly ageMs: number;
}

interface Remembered {
  readonly object: RoutingObject;
  /** Milliseconds of performance.now(). */
  readonly at: number;
}

/**
 * Queues, skills and users as the providers last described them (guide 000, edge case 3: never believed for ever). Bounded in
 * size and age; what a provider says has changed is forgotten.
 */
export class RoutingContext {
  /** Oldest first. */
  private readonly remembered = new Map<string, Remembered>();
  private readonly looking = new Map<string, Promise<unknown>>();
  private changes = 0;

  constructor(
    private readonly limits: RoutingLimits,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get size(): number {
    return this.remembered.size;
  }

  /** Undefined when it has to be looked up. */
  find(account: string, name: RoutingName): RoutingObject | undefined {
    const key = keyOf(account, name);
    const found = this.remembered.get(key);
    if (!found) return undefined;
    if (this.now() - found.at < this.limits.ageMs) return found.object;
    this.remembered.delete(key);
    return undefined;
  }

  /** Resolves when somebody else has looked it up; undefined when nobody is at it. */
  lookedUp(account: string, name: RoutingName): Promise<unknown> | undefined {
    return this.looking.get(keyOf(account, name));
  }

  /**
   * Looks it up for everybody, and remembers what the provider said, unless something was changed meanwhile. What may not be
   * looked at is taken to be active: the operation itself shows it.
   */
  async lookUp(
    account: string,
    name: RoutingName,
    look: () => Promise<CallResult<RoutingObject>>,
  ): Promise<CallResult<RoutingObject>> {
    const key = keyOf(account, name);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.looking.set(key, promise);
    const { changes } = this;
    try {
      const answer = await look();
      const object = remembered(name, answer);
      if (object && changes === this.changes) this.remember(key, object);
      return answer;
    } finally {
      this.looking.delete(key);
      resolve();
    }
  }

  forget(account: string, name: RoutingName): void {
    this.changes++;
    this.remembered.delete(keyOf(account, name));
  }

  /** Forgets every object of a kind. */
  forgetAll(account: string, kind: RoutingName['kind']): void {
    this.changes++;
    const prefix = keyOf(account, { kind, id: '' });
    for (const key of this.remembered.keys()) if (key.startsWith(prefix)) this.remembered.delete(key);
  }

  private remember(key: string, object: RoutingObject): void {
    this.remembered.delete(key);
    this.remembered.set(key, { object, at: this.now() });
    if (this.remembered.size > this.limits.entries) this.remembered.delete(this.remembered.keys().next().value!);
  }
}

function remembered(name: RoutingName, answer: CallResult<RoutingObject>): RoutingObject | undefined {
  if (answer.outcome === 'ok') return answer.value;
  return answer.outcome === 'refused' && answer.code !== 'not-found' ? { ...name, active: true } : undefined;
}

/** Names of accounts have no slash. */
const keyOf = (account: string, { kind, id }: RoutingName): string => `${account}/${kind}/${id}`;
