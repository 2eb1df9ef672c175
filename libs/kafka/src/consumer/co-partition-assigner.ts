import { AssignerProtocol, type PartitionAssigner } from 'kafkajs';

const NAME = 'heliograph-co-partition';
const VERSION = 1;

/**
 * Gives partition n of every subscribed topic to the same member, and keeps partitions where they are when members come
 * and go as far as an even spread allows. Members tell the leader what they own in their protocol metadata (user data),
 * as in Kafka's sticky assignors (KIP-54).
 *
 * @param owned the partition numbers this member works on now
 */
export function coPartitionAssigner(owned: () => readonly number[]): PartitionAssigner {
  return ({ cluster }) => ({
    name: NAME,
    version: VERSION,
    async assign({ members, topics }) {
      const counts = new Map(topics.map((topic) => [topic, cluster.findTopicPartitionMetadata(topic).length]));
      const numbers = Math.max(0, ...counts.values());
      const previous = new Map(members.map((member) => [member.memberId, readOwned(member.memberMetadata)]));
      const assignment = spread(numbers, previous);
      return members.map(({ memberId }) => {
        const mine = assignment.get(memberId) ?? [];
        const perTopic = Object.fromEntries(topics.map((topic) => [topic, mine.filter((n) => n < counts.get(topic)!)]));
        return {
          memberId,
          memberAssignment: AssignerProtocol.MemberAssignment.encode({
            version: VERSION,
            assignment: perTopic,
            userData: Buffer.alloc(0),
          }),
        };
      });
    },
    protocol({ topics }) {
      const userData = Buffer.from(JSON.stringify([...owned()]));
      return { name: NAME, metadata: AssignerProtocol.MemberMetadata.encode({ version: VERSION, topics, userData }) };
    },
  });
}

function readOwned(metadata: Buffer): number[] {
  try {
    const decoded = AssignerProtocol.MemberMetadata.decode(metadata);
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
