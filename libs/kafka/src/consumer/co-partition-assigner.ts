// By its default export: Node finds few names in this CommonJS module by itself.
import kafkajs, { type PartitionAssigner } from 'kafkajs';

/** Members of a group must agree on it. */
export const ASSIGNER = 'heliograph-co-partition';
const VERSION = 1;

/** A member as the group's leader sees it. */
export interface JoinedMember {
  readonly memberId: string;
  readonly memberMetadata: Buffer;
}

/** What the leader gives to a member. */
export interface MemberAssignment {
  readonly memberId: string;
  readonly memberAssignment: Buffer;
}

/**
 * Gives partition n of every subscribed topic to the same member, and keeps partitions where they are when members come
 * and go as far as an even spread allows. Members tell the leader what they own in their protocol metadata (user data),
 * as in Kafka's sticky assignors (KIP-54).
 *
 * The bytes are the same for every client library, so members on different ones can share a group.
 *
 * @param owned the partition numbers this member works on now
 */
export function coPartitionAssigner(owned: () => readonly number[]): PartitionAssigner {
  return ({ cluster }) => ({
    name: ASSIGNER,
    version: VERSION,
    async assign({ members, topics }) {
      return assignCoPartitioned(members, topics, (topic) => cluster.findTopicPartitionMetadata(topic).length);
    },
    protocol: ({ topics }) => ({ name: ASSIGNER, metadata: memberMetadata(topics, owned()) }),
  });
}

/** What a member says of itself when it joins. */
export function memberMetadata(topics: readonly string[], owned: readonly number[]): Buffer {
  const userData = Buffer.from(JSON.stringify(owned));
  return kafkajs.AssignerProtocol.MemberMetadata.encode({ version: VERSION, topics: [...topics], userData });
}

/** What the group's leader makes of what all members said. */
export function assignCoPartitioned(
  members: readonly JoinedMember[],
  topics: readonly string[],
  partitionsOf: (topic: string) => number,
): MemberAssignment[] {
  const counts = new Map(topics.map((topic) => [topic, partitionsOf(topic)]));
  const numbers = Math.max(0, ...counts.values());
  const previous = new Map(members.map((member) => [member.memberId, readOwned(member.memberMetadata)]));
  const spreadOut = spread(numbers, previous);
  return members.map(({ memberId }) => {
    const mine = spreadOut.get(memberId) ?? [];
    const assignment = Object.fromEntries(topics.map((topic) => [topic, mine.filter((n) => n < counts.get(topic)!)]));
    const userData = Buffer.alloc(0);
    return {
      memberId,
      memberAssignment: kafkajs.AssignerProtocol.MemberAssignment.encode({ version: VERSION, assignment, userData }),
    };
  });
}

/** What a member was given, per topic. */
export function readAssignment(encoded: Buffer): Map<string, readonly number[]> {
  return new Map(Object.entries(kafkajs.AssignerProtocol.MemberAssignment.decode(encoded)?.assignment ?? {}));
}

function readOwned(metadata: Buffer): number[] {
  try {
    const decoded = kafkajs.AssignerProtocol.MemberMetadata.decode(metadata);
    const list: unknown = decoded ? JSON.parse(decoded.userData.toString('utf8') || '[]') : [];
    return Array.isArray(list) ? list.filter((n): n is number => Number.isInteger(n)) : [];
  } catch {
    return [];
  }
}

/**
 * Spreads partition numbers evenly (sizes differ by at most one) and moves as few as that allows. A partition that two
 * members claim, as after a missed rebalance, stays with the first by member id.
 */
export function spread(numbers: number, previous: ReadonlyMap<string, readonly number[]>): Map<string, number[]> {
  const members = [...previous.keys()].sort();
  const kept = new Map<string, number[]>(members.map((member) => [member, []]));
  const taken = new Set<number>();
  for (const member of members) {
    for (const n of [...previous.get(member)!].sort((a, b) => a - b)) {
      if (n >= numbers || taken.has(n)) continue;
      taken.add(n);
      kept.get(member)!.push(n);
    }
  }
  const floor = Math.floor(numbers / members.length);
  let extra = numbers % members.length;
  // Those who hold the most keep the larger shares, so that the fewest partitions move.
  const bySize = [...members].sort((a, b) => kept.get(b)!.length - kept.get(a)!.length || (a < b ? -1 : 1));
  const free = Array.from({ length: numbers }, (_, n) => n).filter((n) => !taken.has(n));
  const quota = new Map<string, number>();
  for (const member of bySize) {
    quota.set(member, floor + (extra > 0 ? 1 : 0));
    if (extra > 0) extra--;
    free.push(...kept.get(member)!.splice(quota.get(member)!));
  }
  free.sort((a, b) => a - b);
  for (const member of bySize) {
    const mine = kept.get(member)!;
    while (mine.length < quota.get(member)!) mine.push(free.shift()!);
  }
  return kept;
}
