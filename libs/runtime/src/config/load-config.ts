import 'reflect-metadata';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import { convert } from './convert.ts';
import { readVariable, type Environment } from './read-variable.ts';
import { variableName } from './variable-name.ts';

/** The properties of a configuration class: those that carry a validation decorator, inherited ones included. */
export function configProperties(configClass: abstract new () => object): string[] {
  const metadata = getMetadataStorage().getTargetValidationMetadatas(configClass, '', true, false);
  return [...new Set(metadata.map((entry) => entry.propertyName))];
}

/**
 * Reads the properties of `configClass` from the environment, each by its name in upper snake case, or from the file that
 * `<NAME>_FILE` points to; a property that is not set keeps its default. Numbers, booleans and comma separated lists are
 * converted by the property's declared type.
 *
 * @throws ConfigError with every problem of the environment, not only the first
 */
export function loadConfig<T extends object>(configClass: new () => T, env: Environment): T {
  const config = new configClass();
  const problems: ConfigProblem[] = [];
  const unreadable = new Set<string>();
  for (const property of configProperties(configClass)) {
    const reading = readVariable(env, variableName(property));
    if (reading === undefined) continue;
    if ('problem' in reading) {
      problems.push(reading.problem);
      unreadable.add(property);
    } else {
      const type: unknown = Reflect.getMetadata('design:type', configClass.prototype as object, property);
      Object.assign(config, { [property]: convert(reading.text, type) });
    }
  }
  for (const error of validateSync(config, { forbidUnknownValues: false })) {
    if (!unreadable.has(error.property)) problems.push(...explain(error));
  }
  if (problems.length > 0) throw new ConfigError(problems.sort((a, b) => a.name.localeCompare(b.name)));
  return config;
}

/** One reason per variable: that of the decorator written first, which says what the value should be at all. */
function explain(error: ValidationError): ConfigProblem[] {
  const name = variableName(error.property);
  if (error.value === undefined) return [{ name, reason: 'is not set' }];
  const message = Object.values(error.constraints ?? {}).at(-1) ?? 'is invalid';
  const prefix = `${error.property} `;
  return [{ name, reason: message.startsWith(prefix) ? message.slice(prefix.length) : message }];
}
