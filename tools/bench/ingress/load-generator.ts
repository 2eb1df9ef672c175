import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Ends } from '../ends.ts';
import type { LoadOrder, LoadResult } from './load.ts';

type Answer = { result: LoadResult } | { error: string };

/** The process that sends the load: one order at a time. Ends with this process. */
export class LoadGenerator {
  readonly stop: () => Promise<void>;
  readonly #child: ChildProcess;

  constructor(ends: Ends) {
    const file = join(import.meta.dirname, 'load-process.ts');
    this.#child = fork(file, { execArgv: ['--disable-warning=ExperimentalWarning'] });
    const exited = once(this.#child, 'exit');
    this.stop = ends.add(async () => {
      this.#child.kill();
      await exited;
    });
  }

  /** @throws Error when a request was not answered with 200, or when the process has ended */
  async send(order: LoadOrder): Promise<LoadResult> {
    const over = new AbortController();
    const ended = once(this.#child, 'exit', { signal: over.signal }).then(() => ({ error: 'the load process ended' }));
    const answered = once(this.#child, 'message', { signal: over.signal }).then(([answer]) => answer as Answer);
    this.#child.send(order);
    const answer = await Promise.race([answered, ended]);
    over.abort();
    await Promise.allSettled([answered, ended]);
    if ('error' in answer) throw new Error(answer.error);
    return answer.result;
  }
}
