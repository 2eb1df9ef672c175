import { LEAST_KEY_BYTES } from '@heliograph/consent';
import { KafkaRedisConfig, loadConfig, Secret } from '@heliograph/runtime';
import { IsInt, IsNotEmpty, IsString, Max, Min, MinLength } from 'class-validator';

/** Name of the service. */
export const SERVICE = 'campaign-runner';
/** The consumer group that folds what is asked of campaigns; its fence guards where they stand. */
export const ORDERS_GROUP = `${SERVICE}.orders`;

export class CampaignRunnerConfig extends KafkaRedisConfig {
  /** The accounts that campaigns are sent from. None of their secrets is read. */
  @IsString() @IsNotEmpty() accountsFile: string;
  /** Names contacts where it is counted how often they were sent to: CONSENT_KEY_FILE. The same in every service, and for the life of the data. */
  @Secret() @MinLength(LEAST_KEY_BYTES) consentKey: string;
  /** Milliseconds between two looks at the campaigns: whether one may start, must halt, has ended. */
  @IsInt() @Min(20) @Max(500) campaignTickMs: number = 250;
  /** Milliseconds within which a publish of a campaign's state must have begun its last try. */
  @IsInt() @Min(500) @Max(60_000) publishDeadlineMs: number = 3_000;
  /** Milliseconds until one try of a publish is given up. A rebuild waits for both together and one second more. */
  @IsInt() @Min(200) @Max(60_000) publishTryMs: number = 2_000;
}

/** @throws ConfigError with every problem of the environment */
export const readConfig = (): CampaignRunnerConfig => loadConfig(CampaignRunnerConfig, process.env);

/** How far the clock checks of a frozen process and the last bytes of a request may trail behind. */
const PUBLISH_MARGIN_MS = 1_000;

/** How long a publish can last after its publisher was written down. */
export const publishMsOf = ({ publishDeadlineMs, publishTryMs }: CampaignRunnerConfig): number =>
  publishDeadlineMs + publishTryMs + PUBLISH_MARGIN_MS;
