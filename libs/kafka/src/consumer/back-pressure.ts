import type { InputLimits, InputProgress } from './input-progress.ts';
import type { RecordSource } from './record-source.ts';

/** Load below which fetching goes on: far enough under the limit that it is not paused again at once. */
export const RESUME_BELOW = 0.5;

/** Pauses a topic-partition above one of its limits and resumes it well below all of them. */
export class BackPressure {
  constructor(
    private readonly source: Pick<RecordSource, 'pause' | 'resume'>,
    readonly limits: InputLimits,
  ) {}

  apply(input: InputProgress, partition: number): void {
    const load = input.load(this.limits);
    if (!input.paused && load >= 1) {
      input.paused = true;
      this.source.pause(input.topic, partition);
    } else if (input.paused && load < RESUME_BELOW) {
      input.paused = false;
      this.source.resume(input.topic, partition);
    }
  }
}
