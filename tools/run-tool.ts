import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..');

/** Runs an installed program (by its name in node_modules/.bin) on this Node, its output on this terminal. Resolves with its exit code. */
export function runTool(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const file = join(ROOT, 'node_modules', '.bin', program);
    const child = spawn(process.execPath, [file, ...args], { cwd: ROOT, stdio: 'inherit', env });
    const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
    process
      .on('SIGTERM', pass)
      .on('SIGINT', pass)
      .once('disconnect', () => child.kill('SIGTERM'));
    child.once('error', reject);
    child.once('exit', (code) => {
      process.off('SIGTERM', pass).off('SIGINT', pass);
      resolve(code ?? 1);
    });
  });
}
