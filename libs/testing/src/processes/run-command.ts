import { spawn } from 'node:child_process';

export interface CommandOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  timeoutMs?: number;
}

/**
 * Runs a command to its end and returns what it printed.
 *
 * @throws Error with the last lines of its output when it fails, is not there, or takes longer than `timeoutMs` (60 s)
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: options.timeoutMs ?? 60_000,
    killSignal: 'SIGKILL',
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const code = await new Promise<number | string>((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`cannot run ${command}: ${error.message}`)));
    child.once('close', (status, signal) => resolve(status ?? signal ?? 'unknown'));
  });
  if (code === 0) return output;
  const tail = `${output}\n${errors}`.trim().split('\n').slice(-12).join('\n');
  throw new Error(`${command} ${args[0] ?? ''} failed (${code}):\n${tail}`);
}

/** True when a command exists and succeeds. */
export async function succeeds(command: string, args: readonly string[], timeoutMs = 10_000): Promise<boolean> {
  try {
    await runCommand(command, args, { timeoutMs });
    return true;
  } catch {
    return false;
  }
}
