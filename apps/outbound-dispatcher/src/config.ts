import { KafkaRedisConfig, loadConfig } from '@heliograph/runtime';
import { IsInt, IsNotEmpty, IsString, Max, Min } from 'class-validator';

export const SERVICE = 'outbound-dispatcher';

export class DispatcherConfig extends KafkaRedisConfig {
  /** The accounts to send with, and their client secrets. */
  @IsString() @IsNotEmpty() accountsFile: string;
  /** Commands in work at the same time; waiting ones do not count. */
  @IsInt() @Min(1) @Max(10_000) workers: number = 256;
  /** Milliseconds taken off the 24-hour window, so that nothing arrives just after it closed. */
  @IsInt() @Min(0) @Max(3_600_000) windowMarginMs: number = 60_000;
}

/** @throws ConfigError with every problem of the environment */
export const readConfig = (): DispatcherConfig => loadConfig(DispatcherConfig, process.env);
