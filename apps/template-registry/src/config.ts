import { KafkaRedisConfig, loadConfig } from '@heliograph/runtime';
import { IsInt, IsNotEmpty, IsString, Max, Min } from 'class-validator';

export const SERVICE = 'template-registry';

export class TemplateRegistryConfig extends KafkaRedisConfig {
  /** The accounts whose templates are read, and their client secrets. */
  @IsString() @IsNotEmpty() accountsFile: string;
  /** The API keys: a list of { name, tenant, keyFile }. */
  @IsString() @IsNotEmpty() apiKeysFile: string;
  /** Seconds between two readings of an account, at most; each wait is up to a quarter shorter, at random. */
  @IsInt() @Min(1) @Max(86_400) pollSeconds: number = 60;
  /** Milliseconds after which another replica takes over from one that fell silent. */
  @IsInt() @Min(1_000) @Max(600_000) leaseMs: number = 15_000;
}

/** @throws ConfigError with every problem of the environment */
export const readConfig = (): TemplateRegistryConfig => loadConfig(TemplateRegistryConfig, process.env);
