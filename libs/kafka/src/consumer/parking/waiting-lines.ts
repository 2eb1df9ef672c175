import { Fifo } from '../fifo.ts';
import type { Lane } from '../lane.ts';
import { FLOWING } from './parked-lane.ts';

/**
 * Parked lanes that wait to be taken in, in a line for each thing they wait for, and how many of each are inside. Of a line
 * only so many are inside as keep it moving: a line that does not move leaves room for the others.
 */
export class WaitingLines {
  private readonly lines = new Map<string, Fifo<Lane>>();
  private readonly inside = new Map<string, number>();

  /**
   * @param perLine most lanes of one line inside
   * @param records most records in memory; of one line, with its lanes' first records, at most half divided by the lines
   */
  constructor(
    private readonly perLine: number,
    private readonly records: number,
  ) {}

  /** Puts a lane at the end of a line, or back to its front. */
  stand(lane: Lane, line: string, atFront = false): void {
    this.leave(lane);
    const parked = lane.parked!;
    parked.standing = 'outside';
    parked.line = line;
    let fifo = this.lines.get(line);
    if (!fifo) this.lines.set(line, (fifo = new Fifo()));
    if (atFront) fifo.unshift(lane);
    else fifo.push(lane);
  }

  /** A lane that is inside waits for something (else) now. @returns false when there is no room for it */
  hold(lane: Lane, line: string): boolean {
    const parked = lane.parked!;
    if (parked.standing === 'inside' && parked.line === line) return true;
    if (!this.hasRoom(line)) return false;
    this.enter(lane, line);
    return true;
  }

  /** It is neither inside nor in a line any more. */
  leave(lane: Lane): void {
    const parked = lane.parked!;
    if (parked.standing === 'inside') {
      const left = (this.inside.get(parked.line) ?? 0) - 1;
      if (left > 0) this.inside.set(parked.line, left);
      else this.inside.delete(parked.line);
    }
    parked.standing = 'aside';
  }

  /**
   * The lanes that come in now, one of each line in turn. They count as inside.
   *
   * @param room records that fit into memory
   */
  pick(room: number): Lane[] {
    const picked: Lane[] = [];
    for (let before = -1; picked.length > before && room > 0;) {
      before = picked.length;
      for (const line of [...this.lines.keys()]) {
        const lane = room > 0 && this.hasRoom(line) ? this.nextOf(line) : undefined;
        if (!lane) continue;
        this.enter(lane, line);
        picked.push(lane);
        room -= lane.parked!.window;
      }
    }
    return picked;
  }

  private enter(lane: Lane, line: string): void {
    this.leave(lane);
    const parked = lane.parked!;
    parked.standing = 'inside';
    parked.line = line;
    this.inside.set(line, (this.inside.get(line) ?? 0) + 1);
  }

  private hasRoom(line: string): boolean {
    if (line === FLOWING) return true;
    const share = Math.floor(this.records / 2 / Math.max(1, this.lines.size));
    return (this.inside.get(line) ?? 0) < Math.max(1, Math.min(this.perLine, share));
  }

  private nextOf(line: string): Lane | undefined {
    const fifo = this.lines.get(line)!;
    for (let lane = fifo.shift(); lane; lane = fifo.shift()) {
      // Those that left the line are still in it.
      if (lane.parked?.standing === 'outside' && lane.parked.line === line) return lane;
    }
    this.lines.delete(line);
    return undefined;
  }
}
