import type { TopicDefinition } from './topics.ts';

/** One kind of event: its CloudEvents type, the topic it travels on, and the class its data must satisfy. */
export interface EventContract<T extends object = object> {
  /** CloudEvents `type`. An incompatible change gets a new type; within one type only optional fields are added. */
  readonly type: string;
  readonly topic: TopicDefinition;
  /** Absent: the data is a provider's own JSON, passed through byte for byte. */
  readonly data?: new () => T;
}

/** Defines a contract; the type parameter is inferred from the data class. */
export function contract<T extends object>(type: string, topic: TopicDefinition, data?: new () => T): EventContract<T> {
  return data ? { type, topic, data } : { type, topic };
}
