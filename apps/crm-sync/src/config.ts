import { KafkaConfig, loadConfig, Secret } from '@heliograph/runtime';
import { LEAST_KEY_BYTES } from '@heliograph/consent';
import { IsInt, Matches, Max, Min, MinLength } from 'class-validator';

export const SERVICE = 'crm-sync';
/** Of the consumer that brings consent into the CRM. */
export const CONSENT_GROUP = 'crm-sync-consent';

export class CrmSyncConfig extends KafkaConfig {
  /** Where the CRM's API begins: `/v1/contacts/…` and `/v1/activities/…` are put behind it. */
  @Matches(/^https?:\/\/[^\s?#@]+$/, { message: 'must be an http or https URL without query and password' })
  crmUrl: string;
  /** Bearer key of the CRM, from a file: CRM_API_KEY_FILE. */
  @Secret()
  @Matches(/^[\x21-\x7e]+$/, { message: 'must be visible ASCII without spaces' })
  crmApiKey: string;
  /** Names contacts where their consent is kept: CONSENT_KEY_FILE, the same in every service. */
  @Secret() @MinLength(LEAST_KEY_BYTES) consentKey: string;
  /** Milliseconds between two looks for do-not-contact that was set in the CRM. */
  @IsInt() @Min(20) @Max(600_000) crmChangesMs: number = 1_000;
  /** Conversations that are written at the same time, each over a connection of its own. */
  @IsInt() @Min(1) @Max(1000) crmConnections: number = 16;
  /** Milliseconds from the start of a write to its answer. */
  @IsInt() @Min(100) @Max(300_000) crmTimeoutMs: number = 10_000;
  /** Tries of an entry that fails at the CRM (5xx, time-out) before it is dead-lettered. */
  @IsInt() @Min(1) @Max(1000) crmAttempts: number = 20;
}

/** @throws ConfigError with every problem of the environment */
export const readConfig = (): CrmSyncConfig => loadConfig(CrmSyncConfig, process.env);
