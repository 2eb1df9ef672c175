// @ts-expect-error kafkajs has no types for its inside
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

interface Queue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests: (this: Queue) => void;
}

/**
 * kafkajs 2.2.4 looks after held-back requests with a timer that always sets itself again, with a negative time that
 * counts as 1 ms: every connection that was used once costs 3 % of a core for ever (and a warning since Node 24). Only a
 * queue that holds something back needs the timer; `push` asks for it when that begins.
 */
export function quietRequestQueues(): void {
  const queue = (RequestQueue as { prototype: Queue & { isQuiet?: boolean } }).prototype;
  if (queue.isQuiet) return;
  const schedule = queue.scheduleCheckPendingRequests;
  queue.scheduleCheckPendingRequests = function (this: Queue) {
    if (this.pending.length > 0) schedule.call(this);
  };
  queue.isQuiet = true;
}
