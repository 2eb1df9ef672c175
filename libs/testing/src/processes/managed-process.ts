import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { writePidFile } from './pid-files.ts';

export interface ProcessOptions {
  name: string;
  command: string;
  args: readonly string[];
  cwd?: string;
  /** The whole environment of the child; the own one when absent. */
  env?: NodeJS.ProcessEnv;
  /** Both outputs go here, appended. */
  logFile: string;
  /** Where the pid is remembered for {@link endLeftovers}. */
  pidFolder: string;
  /** Opens a channel whose end tells the child that its parent is gone. */
  channel?: boolean;
}

/** How a process ended: its code, or the signal. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child process in a process group of its own, so that Ctrl-C reaches only its parent, which ends it in order. */
export class ManagedProcess {
  readonly name: string;
  readonly logFile: string;
  readonly pid: number;
  /** Resolves when the process has ended, however. */
  readonly ended: Promise<Ending>;
  /** Set as soon as the process has ended. */
  ending: Ending | undefined;
  readonly #child: ChildProcess;

  private constructor(options: ProcessOptions, child: ChildProcess, pid: number) {
    this.name = options.name;
    this.logFile = options.logFile;
    this.pid = pid;
    this.#child = child;
    const pidFile = writePidFile(options.pidFolder, options.name, pid);
    this.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.ending = { code, signal };
        if (pidFile) rmSync(pidFile, { force: true });
        resolve(this.ending);
      });
    });
  }

  /** @throws Error when the command cannot be started at all */
  static async start(options: ProcessOptions): Promise<ManagedProcess> {
    mkdirSync(dirname(options.logFile), { recursive: true });
    const log = openSync(options.logFile, 'a');
    const child = spawn(options.command, options.args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      detached: true,
      stdio: ['ignore', log, log, ...(options.channel ? (['ipc'] as const) : [])],
    });
    closeSync(log);
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) => reject(new Error(`cannot start ${options.name}: ${error.message}`)));
    });
    return new ManagedProcess(options, child, child.pid ?? -1);
  }

  /** Asks the process to end, and kills it when it has not after `graceMs`. */
  async stop(graceMs = 10_000): Promise<Ending> {
    this.signal('SIGCONT');
    this.signal('SIGTERM');
    const patience = new AbortController();
    const kill = delay(graceMs, undefined, { signal: patience.signal }).then(
      () => this.signal('SIGKILL'),
      () => undefined,
    );
    const ending = await this.ended;
    patience.abort();
    await kill;
    return ending;
  }

  /** Ends the process at once, as a crash would (SIGKILL). */
  async kill(): Promise<Ending> {
    this.signal('SIGKILL');
    return this.ended;
  }

  /** Sends a signal; does nothing when the process has ended. */
  signal(name: NodeJS.Signals): void {
    if (!this.ending) this.#child.kill(name);
  }

  /** The end of its log, for an error message. */
  lastLogLines(count = 15): string {
    return lastLines(this.logFile, count);
  }
}

/** The last lines of a text file; empty when it cannot be read. */
export function lastLines(file: string, count: number): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
  } catch {
    return '';
  }
}
