/** One topic whose number of partitions is not the one its contract asks for. */
export interface PartitionMismatch {
  /** Physical name. */
  readonly topic: string;
  readonly found: number;
  readonly wanted: number;
}

/**
 * Topics exist with another number of partitions than the contracts ask for. The key would select other partitions than
 * before and than in the topics beside them, so order per conversation would be lost: nothing may start on them.
 */
export class TopicMismatch extends Error {
  override readonly name = 'TopicMismatch';
  constructor(readonly mismatches: readonly PartitionMismatch[]) {
    const list = mismatches.map(({ topic, found, wanted }) => `${topic} has ${found} partitions, wanted are ${wanted}`);
    super(
      `${list.join('; ')}. Set conversationPartitions to what the topics have, or let the old records be consumed to ` +
        'the end and recreate the topics; adding partitions to a topic in use moves keys and breaks their order',
    );
  }
}
