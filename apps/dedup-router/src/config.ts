import { KafkaRedisConfig, loadConfig } from '@heliograph/runtime';
import { IsNotEmpty, IsString } from 'class-validator';

export const SERVICE = 'dedup-router';
/** Follows `conversation.mapping` into Redis. */
export const MAPPING_GROUP = 'dedup-router-mapping';
/** Takes addresses out of mappings. */
export const ERASURE_GROUP = 'dedup-router-erasure';

export class RouterConfig extends KafkaRedisConfig {
  /** The accounts with their senders; no secrets are read. */
  @IsString() @IsNotEmpty() accountsFile: string;
}

/** @throws ConfigError with every problem of the environment */
export const readConfig = (): RouterConfig => loadConfig(RouterConfig, process.env);
