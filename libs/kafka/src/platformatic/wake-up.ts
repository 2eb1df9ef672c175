/** Something several loops wait for: that anything has changed. */
export class WakeUp {
  private promise!: Promise<void>;
  private resolve!: () => void;

  constructor() {
    this.arm();
  }

  /** Resolves with the next call of `wake`. */
  wait(): Promise<void> {
    return this.promise;
  }

  wake(): void {
    const { resolve } = this;
    this.arm();
    resolve();
  }

  private arm(): void {
    this.promise = new Promise((resolve) => (this.resolve = resolve));
  }
}
