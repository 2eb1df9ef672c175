/** Decides when the lanes of a partition may run, and under which fence. */
export interface PartitionGate {
  /**
   * Called after the first successful heartbeat of a generation, and again after two further heartbeats when it rejected
   * or a handler reported `FenceLost`. Lanes of the partition start when it resolves.
   *
   * @param generation the group's generation that the heartbeat proved
   * @returns the fence token that scripts compare
   * @throws when the partition cannot be worked on yet; it is asked again after two further heartbeats
   */
  admit(partition: number, generation: number): Promise<string>;
}

/** For consumers whose effects need no fence. */
export const openGate: PartitionGate = { admit: async (_partition, generation) => `unfenced:${generation}` };
