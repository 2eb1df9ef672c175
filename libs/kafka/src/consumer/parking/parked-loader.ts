import { setTimeout as delay } from 'node:timers/promises';
import type { InputLimits, InputProgress } from '../input-progress.ts';
import type { Lane, LaneOwner } from '../lane.ts';
import { LaneRecord } from '../lane-record.ts';
import type { SourceRecord } from '../record-source.ts';
import type { Place } from '../watermark.ts';
import { originalOf, parkedFrom } from './parked-copy.ts';
import type { ParkedInput } from './parked-lane.ts';
import type { ParkedStore } from './parked-store.ts';
import { WaitingLines } from './waiting-lines.ts';

const MOST_AT_ONCE = 128;
const RETRY_MS = 500;

export interface ParkedLoaderOptions {
  readonly store: ParkedStore;
  readonly work: LaneOwner;
  readonly limits: InputLimits;
  /** The parked topic of an input, as far as its copies are in memory. */
  readonly memoryOf: (input: string) => InputProgress;
  readonly inputs: readonly string[];
  readonly isClosed: () => boolean;
  /** A copy is in memory again, and may run in its turn. */
  readonly onLoaded: (lane: Lane, record: LaneRecord) => void;
  /** A copy is not on the topic any more. */
  readonly onGone: (topic: string) => void;
  /** Nothing more of a lane is being taken in. */
  readonly onEnd: (lane: Lane) => void;
  readonly onError: (error: unknown) => void;
}

/** A lane that is being taken in. */
interface Wanted {
  readonly lane: Lane;
  readonly input: ParkedInput;
  /** Its first copy when the round began. */
  readonly first: Place;
  /** How many copies are taken in. */
  readonly window: number;
  loaded: number;
}

/** Takes copies of parked lanes into memory, when it is their turn and within the limits: a round reads for many lanes. */
export class ParkedLoader {
  readonly lines: WaitingLines;
  private round: Promise<void> | undefined;

  constructor(
    private readonly options: ParkedLoaderOptions,
    perLine: number,
  ) {
    this.lines = new WaitingLines(perLine, options.limits.records);
  }

  /** Begins a round when there may be something to take in; the next one begins when it has ended. */
  kick(): void {
    if (this.round || this.isStopped) return;
    this.round = this.run()
      .catch(async (error: unknown) => {
        this.options.onError(error);
        await delay(RETRY_MS);
        return true;
      })
      .then((again) => {
        this.round = undefined;
        if (again) this.kick();
      });
  }

  /** Resolves when no round is under way. */
  async idle(): Promise<void> {
    await this.round;
  }

  private get isStopped(): boolean {
    return this.options.isClosed() || !this.options.work.admitted;
  }

  /** @returns whether there may be more to take in */
  private async run(): Promise<boolean> {
    // Whoever comes in the same turn of the event loop is read for together.
    await new Promise(setImmediate);
    const { records, bytes } = this.room();
    if (this.isStopped || bytes <= 0) return false;
    const picked = this.lines.pick(records);
    const byInput = Map.groupBy(picked, (lane) => lane.parked!.next()?.topic);
    for (const lane of byInput.get(undefined) ?? []) this.options.onEnd(lane);
    byInput.delete(undefined);
    const results = await Promise.allSettled([...byInput].map(([topic, lanes]) => this.takeIn(topic!, lanes)));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
    return results.some((result) => result.status === 'fulfilled' && result.value);
  }

  private room(): { records: number; bytes: number } {
    let { records, bytes } = this.options.limits;
    for (const input of this.options.inputs) {
      const memory = this.options.memoryOf(input);
      records -= memory.records;
      bytes -= memory.bytes;
    }
    return { records, bytes };
  }

  /** @returns whether anything was taken in */
  private async takeIn(topic: string, lanes: readonly Lane[]): Promise<boolean> {
    const wanted = new Map(lanes.map((lane) => [lane.key, begin(lane)]));
    const from = Math.min(...[...wanted.values()].map(({ first }) => first.offset));
    const left = new Map(wanted);
    const visit = (copy: SourceRecord): boolean => this.visit(copy, topic, left);
    let reached = from;
    try {
      reached = await this.options.store.read(topic, this.options.work.partition, from, visit);
    } finally {
      for (const want of wanted.values()) this.end(want, topic, reached);
    }
    return [...wanted.values()].some(({ loaded }) => loaded > 0);
  }

  private visit(copy: SourceRecord, topic: string, left: Map<string, Wanted>): boolean {
    if (this.options.isClosed()) return false;
    const want = left.get(copy.key?.toString('utf8') ?? '');
    if (want?.input.places.first?.offset === copy.offset) {
      this.load(want, copy, topic);
      const { lane, input, loaded } = want;
      if (loaded === want.window || input.places.length === 0) left.delete(lane.key);
    }
    return left.size > 0 && this.room().bytes > 0;
  }

  private load(want: Wanted, copy: SourceRecord, topic: string): void {
    const { lane, input } = want;
    const { memoryOf, work, onLoaded } = this.options;
    const memory = memoryOf(topic);
    const original = originalOf(copy, topic, parkedFrom(copy, topic)!);
    const record = new LaneRecord(original, work, memory, input.priority, input.places.shift());
    memory.take(original.bytes);
    input.loaded++;
    want.loaded++;
    onLoaded(lane, record);
  }

  /** @param reached up to where the topic was read */
  private end({ lane, input, first, window, loaded }: Wanted, topic: string, reached: number): void {
    const { parked } = lane;
    if (!parked || this.options.isClosed()) return;
    parked.isLoading = false;
    if (loaded === window && lane.state !== 'waiting') parked.window = Math.min(window * 2, MOST_AT_ONCE);
    const isGone = loaded === 0 && first.offset < reached && input.places.first === first;
    if (isGone) {
      input.places.shift()!.finish();
      this.options.onGone(topic);
    }
    // Nothing of it was read, for want of room or because reading failed: it is the next one.
    if (loaded === 0 && !isGone && parked.standing === 'inside') this.lines.stand(lane, parked.line, true);
    else this.options.onEnd(lane);
  }
}

function begin(lane: Lane): Wanted {
  const parked = lane.parked!;
  const input = parked.next()!;
  parked.isLoading = true;
  return { lane, input, first: input.places.first!, window: parked.window, loaded: 0 };
}
