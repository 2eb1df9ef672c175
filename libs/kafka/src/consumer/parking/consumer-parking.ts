import type { LaneOwner } from '../lane.ts';
import type { PartitionWork } from '../partition-work.ts';
import type { SourceRecord } from '../record-source.ts';
import type { ParkingHost, ParkingOptions } from './parking-options.ts';
import { PartitionParking } from './partition-parking.ts';

/** Parking of all partitions of a consumer. */
export class ConsumerParking {
  /** Inputs by the name of their parked topic. */
  private readonly inputs: ReadonlyMap<string, string>;
  /** Also of partitions that are gone, until what they have under way has ended. */
  private readonly partitions = new Map<LaneOwner, PartitionParking>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly options: ParkingOptions,
    private readonly host: ParkingHost,
  ) {
    this.inputs = new Map(host.inputs.map(({ topic }) => [options.store.topicOf(topic), topic]));
  }

  start(): void {
    this.timer = setInterval(() => this.tick(), this.options.everyMs ?? 1_000);
  }

  /** Ends when no read or write is under way; every partition must be closed. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all([...this.partitions.values()].map((parking) => parking.idle()));
  }

  adopt(work: PartitionWork): void {
    this.partitions.set(work, new PartitionParking(work, this.options, this.host));
  }

  /** A partition is gone; it was closed. */
  drop(work: PartitionWork): void {
    void this.of(work)
      .idle()
      .then(() => this.partitions.delete(work));
  }

  of(work: LaneOwner): PartitionParking {
    return this.partitions.get(work)!;
  }

  /** The source saw copies on a parked topic. */
  hasReached(work: PartitionWork, parkedTopic: string, copies: readonly SourceRecord[]): void {
    const input = this.inputs.get(parkedTopic);
    const last = copies.at(-1);
    if (input !== undefined && last) this.of(work).hasReached(input, last.offset + 1);
  }

  /** What of a partition is on a parked topic; undefined of another topic. */
  parkedOn(topic: string, { lanes }: PartitionWork): { records: number; keys: number } | undefined {
    const input = this.inputs.get(topic);
    if (input === undefined) return undefined;
    const parked = [...lanes.values()].flatMap((lane) => lane.parked?.inputs.get(input) ?? []);
    const unfinished = parked.filter((of) => !of.isEmpty);
    return { records: unfinished.reduce((sum, of) => sum + of.places.length + of.loaded, 0), keys: unfinished.length };
  }

  private tick(): void {
    for (const [work, parking] of this.partitions) if (!work.closed) parking.tick();
  }
}
