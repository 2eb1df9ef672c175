/**
 * A partition for as long as this member has it. An answer that comes when the tenure is over, or that does not begin at
 * its position, is of no use.
 */
export interface Tenure {
  readonly key: string;
  /** Physical name. */
  readonly topic: string;
  readonly partition: number;
  /** The next offset to fetch; undefined until it is found out. */
  position: number | undefined;
  /** The committed offset is not on the topic any more. */
  fromEarliest: boolean;
  /** The broker to fetch from; undefined until it is found out (anew). */
  leader: number | undefined;
}

export function tenureKey(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}

export function newTenure(topic: string, partition: number): Tenure {
  const key = tenureKey(topic, partition);
  return { key, topic, partition, position: undefined, fromEarliest: false, leader: undefined };
}
