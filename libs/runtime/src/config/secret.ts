import 'reflect-metadata';

const SECRETS = Symbol('heliograph:secrets');

/** Marks a configuration property whose value no summary or log may show. */
export function Secret(): PropertyDecorator {
  return (prototype, property) => {
    Reflect.defineMetadata(SECRETS, new Set([...secretsOf(prototype), property]), prototype);
  };
}

/** The properties of a configuration object that are marked `@Secret()`, inherited ones included. */
export function secretsOf(config: object): ReadonlySet<string | symbol> {
  return (Reflect.getMetadata(SECRETS, config) as ReadonlySet<string | symbol> | undefined) ?? new Set();
}
