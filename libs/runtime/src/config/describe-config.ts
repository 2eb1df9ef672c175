import { configProperties } from './load-config.ts';
import { secretsOf } from './secret.ts';
import { variableName } from './variable-name.ts';

const HIDDEN = '***';

/**
 * Every setting by the name of its variable, for the start-up log line: secrets show only whether they are set, URLs show
 * no password.
 */
export function describeConfig(config: object): Record<string, unknown> {
  const secrets = secretsOf(config);
  const values = config as Record<string, unknown>;
  const summary: Record<string, unknown> = {};
  for (const property of configProperties(config.constructor as new () => object)) {
    const value = values[property];
    const isSet = value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0);
    const shown = secrets.has(property) ? HIDDEN : withoutPassword(value);
    summary[variableName(property)] = isSet ? shown : 'not set';
  }
  return summary;
}

function withoutPassword(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPassword);
  return typeof value === 'string' ? value.replace(/^([a-z][a-z0-9+.-]*:\/\/[^/@:]*:).*@/i, `$1${HIDDEN}@`) : value;
}
