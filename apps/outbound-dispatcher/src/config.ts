import { LEAST_KEY_BYTES } from '@heliograph/consent';
import { KafkaRedisConfig, loadConfig, Secret } from '@heliograph/runtime';
import { IsInt, IsNotEmpty, IsOptional, IsString, Max, Min, MinLength } from 'class-validator';

export const SERVICE = 'outbound-dispatcher';

export class DispatcherConfig extends KafkaRedisConfig {
  /** The accounts to send with, and their client secrets. */
  @IsString() @IsNotEmpty() accountsFile: string;
  /** Names contacts where their consent is kept: CONSENT_KEY_FILE, the same in every service. */
  @Secret() @MinLength(LEAST_KEY_BYTES) consentKey: string;
  /** Content filters of the tenants; none when absent. */
  @IsOptional() @IsString() @IsNotEmpty() contentFiltersFile?: string;
  /** When messages may reach contacts, by their own time; at any hour when absent. */
  @IsOptional() @IsString() @IsNotEmpty() quietHoursFile?: string;
  /** Commands in work at the same time; waiting ones do not count. */
  @IsInt() @Min(1) @Max(10_000) workers: number = 256;
  /** Commands in memory per partition. When they are reached, lanes that wait for long are parked. */
  @IsInt() @Min(10) @Max(1_000_000) laneRecords: number = 2_000;
  /** Milliseconds a command must have waited before its lane is parked. */
  @IsInt() @Min(100) @Max(3_600_000) parkAfterMs: number = 5_000;
  /** Milliseconds taken off the 24-hour window, so that nothing arrives just after it closed. */
  @IsInt() @Min(0) @Max(3_600_000) windowMarginMs: number = 60_000;
  /** Milliseconds for which a message that waits for the customer is held, when it has no expiry of its own. */
  @IsInt() @Min(60_000) @Max(604_800_000) holdMs: number = 86_400_000;
  /** Milliseconds after which a queue, skill or user is looked up again. */
  @IsInt() @Min(0) @Max(86_400_000) routingAgeMs: number = 300_000;
  /** Most queues, skills and users that are remembered. */
  @IsInt() @Min(1) @Max(1_000_000) routingEntries: number = 10_000;
}

/** @throws ConfigError with every problem of the environment */
export const readConfig = (): DispatcherConfig => loadConfig(DispatcherConfig, process.env);
