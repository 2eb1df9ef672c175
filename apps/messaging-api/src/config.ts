import { LEAST_KEY_BYTES } from '@heliograph/consent';
import { KafkaRedisConfig, loadConfig, Secret } from '@heliograph/runtime';
import { IsInt, IsNotEmpty, IsOptional, IsString, Max, Min, MinLength } from 'class-validator';

export const SERVICE = 'messaging-api';

export class MessagingApiConfig extends KafkaRedisConfig {
  /** The accounts with their senders. */
  @IsString() @IsNotEmpty() accountsFile: string;
  /** The API keys: a list of { name, tenant, keyFile }. */
  @IsString() @IsNotEmpty() apiKeysFile: string;
  /** Names contacts where their consent is kept: CONSENT_KEY_FILE, the same in every service. */
  @Secret() @MinLength(LEAST_KEY_BYTES) consentKey: string;
  /** Content filters of the tenants; none when absent. */
  @IsOptional() @IsString() @IsNotEmpty() contentFiltersFile?: string;
  /** Canned responses of the tenants; none when absent. */
  @IsOptional() @IsString() @IsNotEmpty() cannedResponsesFile?: string;
  /** Newest timeline entries per conversation that can be read here. */
  @IsInt() @Min(1) @Max(10_000) timelineEntries: number = 500;
}

/** @throws ConfigError with every problem of the environment */
export const readConfig = (): MessagingApiConfig => loadConfig(MessagingApiConfig, process.env);
