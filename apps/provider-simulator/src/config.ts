import { FieldError } from './check/check.ts';
import { readSettings, type Settings } from './settings/settings.ts';

export interface Config {
  host: string;
  /** 0: any free port, named in the ready line. */
  port: number;
  settings: Settings;
}

/** The only reader of the environment. Throws an error that names the variable or the field of the settings file. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const port = Number(env['PORT'] ?? '0');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new FieldError('PORT', 'must be a port number');
  const file = env['SIMULATOR_FILE'];
  if (!file) throw new FieldError('SIMULATOR_FILE', 'is required: the path of the settings file');
  return { host: env['HOST'] ?? '127.0.0.1', port, settings: readNamed(file) };
}

function readNamed(file: string): Settings {
  try {
    return readSettings(file);
  } catch (error) {
    throw new Error(`SIMULATOR_FILE ${file}: ${(error as Error).message}`, { cause: error });
  }
}
