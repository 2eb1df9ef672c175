import { KafkaConfig, loadConfig } from '@heliograph/runtime';
import { IsInt, IsNotEmpty, IsNumber, IsOptional, IsString, Matches, Max, Min } from 'class-validator';

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
  /** Milliseconds between two looks at the files of the webhook secrets; a change is taken at the second look after it. */
  @IsInt() @Min(10) @Max(3_600_000) secretsPollMs: number = 2_000;
  /** Needed when an account has registrations to keep: who keeps them, and what they take from the budgets, is there. */
  @IsOptional()
  @Matches(/^rediss?:\/\/\S+$/, { message: 'must be a redis:// or rediss:// URL' })
  redisUrl?: string;
  /** Most seconds between two checks of an account's registrations. */
  @IsNumber() @Min(0.1) @Max(86_400) subscriptionSeconds: number = 300;
  /** Milliseconds after which another replica takes the registrations over from one that fell silent. */
  @IsInt() @Min(1000) @Max(600_000) leaseMs: number = 15_000;
}

/** @throws ConfigError with every problem of the environment */
export const readConfig = (): IngressConfig => loadConfig(IngressConfig, process.env);
