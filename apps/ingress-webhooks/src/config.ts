import { KafkaConfig, loadConfig } from '@heliograph/runtime';
import { IsInt, IsNotEmpty, IsString, Max, Min } from 'class-validator';

export const SERVICE = 'ingress-webhooks';

const MIB = 1_048_576;

export class IngressConfig extends KafkaConfig {
  /** The accounts whose webhooks are taken, with their secrets. */
  @IsString() @IsNotEmpty() accountsFile: string;
  /** Largest webhook body in bytes; larger ones get 413. */
  @IsInt() @Min(1024) @Max(16 * MIB) maxBodyBytes: number = MIB;
  /** Bytes of bodies held at once, from their first chunk until their answer; beyond it webhooks get 503. */
  @IsInt() @Min(MIB) maxInFlightBytes: number = 64 * MIB;
  /** Milliseconds a body may take to arrive; slower ones get 408. */
  @IsInt() @Min(100) @Max(60_000) bodyTimeoutMs: number = 10_000;
}

/** @throws ConfigError with every problem of the environment */
export const readConfig = (): IngressConfig => loadConfig(IngressConfig, process.env);
