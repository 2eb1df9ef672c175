/** Constants of the murmur2 that Kafka's Java client uses (org.apache.kafka.common.utils.Utils, Apache Kafka 4.3). */
const SEED = 0x9747b28c;
const M = 0x5bd1e995;
const R = 24;

/** Kafka's murmur2 hash of bytes, as a signed 32-bit number. */
export function murmur2(data: Uint8Array): number {
  const { length } = data;
  const end = length & ~3;
  let h = SEED ^ length;
  for (let i = 0; i < end; i += 4) {
    let k = data[i]! | (data[i + 1]! << 8) | (data[i + 2]! << 16) | (data[i + 3]! << 24);
    k = Math.imul(k, M);
    k ^= k >>> R;
    h = Math.imul(h, M) ^ Math.imul(k, M);
  }
  if (length > end) {
    for (let i = length - 1; i >= end; i--) h ^= data[i]! << ((i - end) * 8);
    h = Math.imul(h, M);
  }
  h ^= h >>> 13;
  h = Math.imul(h, M);
  return h ^ (h >>> 15);
}

/** The partition Kafka's Java client writes a key to, so that every writer of a topic agrees. */
export function partitionOf(key: string | Uint8Array, partitions: number): number {
  return (murmur2(typeof key === 'string' ? Buffer.from(key) : key) & 0x7fffffff) % partitions;
}
