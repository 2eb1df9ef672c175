/** One setting that cannot be used. */
export interface ConfigProblem {
  /** Name of the environment variable (or of the field of a file) at fault. */
  readonly name: string;
  /** What is wrong with it; never holds the value, which may be a secret. */
  readonly reason: string;
}

/** Thrown when a service's settings are unusable. Lists all problems, so that one look repairs them. */
export class ConfigError extends Error {
  override readonly name: string = 'ConfigError';
  constructor(readonly problems: readonly ConfigProblem[]) {
    super(`the configuration is invalid: ${problems.map(({ name, reason }) => `${name} ${reason}`).join('; ')}`);
  }
}
