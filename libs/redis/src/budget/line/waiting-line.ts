/** Somebody who waits; the line's own links are inside, so that a long line costs one small object each. */
export interface Waiter<T> {
  /** Lower came earlier, over all lines. */
  readonly turn: number;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
  previous: Waiter<T> | undefined;
  next: Waiter<T> | undefined;
}

/** First in, first out; whoever gives up leaves from anywhere. Every step takes the same time however long the line is. */
export class WaitingLine<T> {
  #first: Waiter<T> | undefined;
  #last: Waiter<T> | undefined;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The one who has waited longest. */
  get first(): Waiter<T> | undefined {
    return this.#first;
  }

  add(turn: number, resolve: (value: T) => void, reject: (reason: unknown) => void): Waiter<T> {
    const waiter: Waiter<T> = { turn, resolve, reject, previous: this.#last, next: undefined };
    if (this.#last) this.#last.next = waiter;
    else this.#first = waiter;
    this.#last = waiter;
    this.#length++;
    return waiter;
  }

  /** The one who has waited longest leaves. */
  shift(): Waiter<T> | undefined {
    const first = this.#first;
    if (first) this.remove(first);
    return first;
  }

  /** Only for somebody who is in this line. */
  remove(waiter: Waiter<T>): void {
    if (waiter.previous) waiter.previous.next = waiter.next;
    else this.#first = waiter.next;
    if (waiter.next) waiter.next.previous = waiter.previous;
    else this.#last = waiter.previous;
    waiter.previous = waiter.next = undefined;
    this.#length--;
  }
}
