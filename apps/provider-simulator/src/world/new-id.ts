import { randomUUID } from 'node:crypto';

/** A random UUID in one piece: Node's own stays a tree of parts, ten times as large, for as long as a log keeps it. */
export function newId(): string {
  return Buffer.from(randomUUID(), 'latin1').toString('latin1');
}
