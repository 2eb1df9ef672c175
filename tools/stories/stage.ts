import { lastLines, waitFor } from '@heliograph/testing';

/** One step of a conversation on its way through the system. */
export interface Stage {
  name: string;
  /** Whose log says more when it fails, the likeliest first. */
  services: readonly string[];
  /** Looks whether it is reached. Undefined: not yet. @throws Error when it cannot be looked at, or has gone wrong */
  reached: () => Promise<string | undefined> | string | undefined;
}

export interface StageResult {
  name: string;
  ok: boolean;
  /** Milliseconds from the stage before. */
  ms: number;
  /** What was found, or why nothing was. */
  detail: string;
  /** Where to look, for a stage that failed. */
  hint?: string;
}

export interface RunOptions {
  /** Milliseconds a stage may take. */
  timeoutMs: number;
  /** Called as soon as a stage has ended. */
  report: (result: StageResult) => void;
  hintFor: (service: string) => Promise<string>;
  /** Ends the run at the stage it is at. */
  signal?: AbortSignal;
}

/** Goes from stage to stage and stops at the first one that is not reached. */
export async function runStages(stages: readonly Stage[], options: RunOptions): Promise<StageResult[]> {
  const results: StageResult[] = [];
  for (const stage of stages) {
    const result = await runStage(stage, options);
    results.push(result);
    options.report(result);
    if (!result.ok) break;
  }
  return results;
}

async function runStage({ name, services, reached }: Stage, options: RunOptions): Promise<StageResult> {
  const since = performance.now();
  const took = (): number => Math.round(performance.now() - since);
  try {
    const giveUp = (): Error | undefined => (options.signal?.aborted ? new Error('interrupted') : undefined);
    const { timeoutMs } = options;
    const detail = await waitFor(reached, { timeoutMs, description: name, intervalMs: 10, giveUp });
    return { name, ok: true, ms: took(), detail };
  } catch (error) {
    const detail = (error as Error).message;
    const hints = await Promise.all(services.map((service) => options.hintFor(service)));
    return { name, ok: false, ms: took(), detail, hint: hints.join('\n') };
  }
}

/** What a service says of itself, and where its log is. */
export async function hintFor(service: string, address: string | undefined, logFolder: string): Promise<string> {
  const log = `${logFolder}/${service}.log`;
  const last = lastLines(log, 3);
  return [`${service}: ${await readiness(address)}; log: ${log}`, ...(last === '' ? [] : [last])].join('\n');
}

async function readiness(address: string | undefined): Promise<string> {
  if (address === undefined) return 'not part of the running stack';
  try {
    const answer = await fetch(`${address}/health/ready`, { signal: AbortSignal.timeout(2_000) });
    if (answer.ok) return 'says that it is ready';
    return `says that it is not ready: ${(await answer.text()).slice(0, 300)}`;
  } catch {
    return `does not answer at ${address}`;
  }
}
