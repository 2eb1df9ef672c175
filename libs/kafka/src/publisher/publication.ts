import { Unavailable } from '@heliograph/runtime';

/** setTimeout takes no more than this; a longer deadline is as good as none. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export type PublicationEnd = 'acknowledged' | 'expired' | 'too-large' | 'refused' | 'closed';

/** One call of `publish`: its records succeed or fail together in the eyes of the caller. */
export class Publication {
  readonly done: Promise<void>;
  /** Set as soon as the caller knows the outcome; its records are not sent (again) from then on. */
  end: PublicationEnd | undefined;
  private left: number;
  private readonly timer: NodeJS.Timeout;
  private resolve!: () => void;
  private reject!: (error: Error) => void;

  /** @param deadline moment of Date.now() */
  constructor(
    records: number,
    readonly deadline: number,
    private readonly settled: (publication: Publication) => void,
  ) {
    this.left = records;
    this.done = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    const within = Math.max(0, deadline - Date.now());
    const expire = () => this.expire(`not acknowledged within ${within} ms`);
    this.timer = setTimeout(expire, Math.min(within, LONGEST_TIMER_MS));
  }

  /** Whether its records may still be sent. A timer can be late, so the clock decides. */
  isDue(): boolean {
    if (this.end === undefined && Date.now() >= this.deadline) this.expire('the deadline has passed');
    return this.end === undefined;
  }

  acknowledge(): void {
    this.left--;
    if (this.left === 0 && this.settle('acknowledged')) this.resolve();
  }

  fail(end: Exclude<PublicationEnd, 'acknowledged'>, error: Error): void {
    if (this.settle(end)) this.reject(error);
  }

  private expire(reason: string): void {
    this.fail('expired', new Unavailable('kafka', reason));
  }

  private settle(end: PublicationEnd): boolean {
    if (this.end !== undefined) return false;
    this.end = end;
    clearTimeout(this.timer);
    this.settled(this);
    return true;
  }
}
