import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import type { ClientOrder, TaskOrder, TaskResult } from './client-process.ts';

type Answer = { result: TaskResult } | { error: string };

/** A process on one Kafka client: one task at a time. Ends with this process. */
export class Client {
  readonly stop: () => Promise<void>;
  readonly #child: ChildProcess;

  constructor({ ends }: Bench, order: ClientOrder) {
    this.#child = fork(join(import.meta.dirname, 'client-process.ts'), {
      execArgv: ['--disable-warning=ExperimentalWarning', '--disable-warning=TimeoutNegativeWarning'],
      env: { ...process.env, BENCH_ORDER: JSON.stringify(order) },
    });
    const exited = once(this.#child, 'exit');
    this.stop = ends.add(async () => {
      this.#child.kill();
      await exited;
    });
  }

  /** @throws Error when the task failed or the process has ended */
  async run(order: TaskOrder): Promise<TaskResult> {
    const over = new AbortController();
    const ended = once(this.#child, 'exit', { signal: over.signal }).then(() => ({ error: 'its process ended' }));
    const answered = once(this.#child, 'message', { signal: over.signal }).then(([answer]) => answer as Answer);
    this.#child.send(order);
    const answer = await Promise.race([answered, ended]);
    over.abort();
    await Promise.allSettled([answered, ended]);
    if ('error' in answer) throw new Error(`${order.task}: ${answer.error}`);
    return answer.result;
  }
}
