import type { ProduceConnection, Refusal } from './produce-connection.ts';
import type { Sendable } from './send-queue.ts';

/** The broker answers a little before the try is given up, so that a slow replica is a clear error. */
const ANSWER_EARLIER_MS = 500;

/** Tries batches, one at a time, each within a time of its own: no client library is relied on for that. */
export class Sender {
  private connection: ProduceConnection | undefined;

  constructor(
    private readonly open: () => ProduceConnection,
    private readonly tryTimeoutMs: number,
  ) {}

  /**
   * Tries a batch as {@link ProduceConnection.send} says.
   *
   * @throws Error when the try failed as a whole or in part. The next try begins with fresh connections, so nothing of
   * this one is still waiting to be sent.
   */
  async send(batch: readonly Sendable[]): Promise<Refusal[]> {
    const connection = (this.connection ??= this.open());
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${this.tryTimeoutMs} ms`)), this.tryTimeoutMs);
    });
    try {
      const withinMs = Math.max(1, this.tryTimeoutMs - ANSWER_EARLIER_MS);
      return await Promise.race([connection.send(batch, withinMs), over]);
    } catch (error) {
      connection.cut();
      this.connection = undefined;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    const { connection } = this;
    this.connection = undefined;
    await connection?.close();
  }
}
