/** What can stand in a lane. */
export interface Queued<T> {
  readonly topic: string;
  readonly offset: number;
  /** Lower ones first. */
  readonly priority: number;
  /** The one behind it; kept by the queue. */
  next: T | undefined;
}

/**
 * The records of one lane in the order they run: by priority (lower numbers first), within a priority as they came. A linked
 * list through the records, so that a long lane costs no more per step than a short one, and an empty one next to nothing.
 */
export class LaneQueue<T extends Queued<T>> {
  first: T | undefined;
  length = 0;
  private last: T | undefined;

  /**
   * @param pinned the first record is in work: nothing goes in front of it
   * @returns whether it is the first one now
   */
  add(record: T, pinned = false): boolean {
    this.length++;
    if (!this.last || this.last.priority <= record.priority) return this.insert(record, this.last);
    let before = pinned ? this.first : undefined;
    for (let at = before ? before.next : this.first; at && at.priority <= record.priority; at = at.next) before = at;
    return this.insert(record, before);
  }

  /**
   * The first record has to wait: what came while it was in work and has a higher priority goes in front of it.
   *
   * @returns whether another one is the first now
   */
  letPass(): boolean {
    const { first } = this;
    if (!first?.next || first.next.priority >= first.priority) return false;
    this.remove(first, undefined);
    this.length++;
    let before: T | undefined;
    for (let at = this.first; at && at.priority < first.priority; at = at.next) before = at;
    this.insert(first, before);
    return true;
  }

  shift(): T | undefined {
    const first = this.first;
    if (first) this.remove(first, undefined);
    return first;
  }

  /** Takes everything behind the first `kept` records out, in order. */
  takeAfter(kept: 0 | 1): T[] {
    const last = kept === 1 ? this.first : undefined;
    const taken: T[] = [];
    for (let at = last ? last.next : this.first; at; at = at.next) taken.push(at);
    for (const record of taken) record.next = undefined;
    this.last = last;
    if (last) last.next = undefined;
    else this.first = undefined;
    this.length -= taken.length;
    return taken;
  }

  /** Takes the records of a topic up to an offset out, in order. */
  takeUpTo(topic: string, offset: number): T[] {
    const taken: T[] = [];
    let before: T | undefined;
    for (let at = this.first; at;) {
      const next: T | undefined = at.next;
      if (at.topic !== topic) before = at;
      else if (at.offset > offset) break;
      else taken.push(this.remove(at, before));
      at = next;
    }
    return taken;
  }

  private insert(record: T, before: T | undefined): boolean {
    record.next = before ? before.next : this.first;
    if (before) before.next = record;
    else this.first = record;
    if (!record.next) this.last = record;
    return !before;
  }

  private remove(record: T, before: T | undefined): T {
    if (before) before.next = record.next;
    else this.first = record.next;
    if (!record.next) this.last = before;
    record.next = undefined;
    this.length--;
    return record;
  }
}
