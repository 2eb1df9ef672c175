/** One connection's way of asking where the partitions of a topic end. */
export interface EndsConnection {
  ask(): Promise<ReadonlyMap<number, number>>;
  close(): Promise<void>;
}
