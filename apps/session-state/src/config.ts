import { CHANNELS, type Channel } from '@heliograph/contracts';
import { SESSION_STATE } from '@heliograph/conversations';
import { LEAST_KEY_BYTES } from '@heliograph/consent';
import { KafkaRedisConfig, loadConfig, Secret } from '@heliograph/runtime';
import {
  IsArray,
  IsInt,
  IsNotEmpty,
  IsNumber,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
} from 'class-validator';
import { loadConsentRules } from './consent/load-consent-rules.ts';
import type { StageDeadlines } from './fold/deadline/deadlines.ts';
import type { FoldRules } from './fold/rules.ts';
import { loadReplyRoutes } from './reply-routing/load-reply-routes.ts';

/** Name of the service and of its consumer group. */
export const SERVICE = SESSION_STATE;

const MINUTE_MS = 60 * 1000;
const HOUR_MS = 60 * MINUTE_MS;
const DEFAULT_GROUPING_HOURS = 72;

export class SessionStateConfig extends KafkaRedisConfig {
  /**
   * Hours without activity after which a new session starts (guide 003): a number for all channels, and `channel=hours` for
   * single ones, comma separated.
   */
  @IsArray()
  @Matches(new RegExp(`^((${CHANNELS.join('|')})=)?(?!0+(\\.0*)?$)\\d{1,4}(\\.\\d{1,4})?$`), {
    each: true,
    message: 'must be hours, or a channel and hours: sms=48',
  })
  groupingHours: string[] = [String(DEFAULT_GROUPING_HOURS)];
  /** Minutes without activity until a session without anybody in it is over; the grouping time when absent. */
  @IsOptional() @IsNumber() @Min(0.001) deadlineOpenedMinutes?: number;
  /** Minutes in a queue. */
  @IsNumber() @Min(0.001) deadlineQueuedMinutes: number = 24 * 60;
  /** Minutes until an agent has accepted. */
  @IsNumber() @Min(0.001) deadlineAlertingMinutes: number = 2;
  /** Minutes without activity while an agent has it; the grouping time when absent. */
  @IsOptional() @IsNumber() @Min(0.001) deadlineWithAgentMinutes?: number;
  /** Minutes from the last wrap-up until the provider has closed it. */
  @IsNumber() @Min(0.001) deadlineWrapUpMinutes: number = 60;
  /** Minutes until a close command counts as without effect; twice as many for each further one. */
  @IsNumber() @Min(0.001) deadlineClosingMinutes: number = 10;
  /** How often a pending agent is set accepted before something else is tried. */
  @IsInt() @Min(0) @Max(20) stuckReasserts: number = 3;
  /** How often the provider is told to close before the session is closed without it. */
  @IsInt() @Min(0) @Max(10) stuckClosings: number = 5;
  /** Wrap-up code with which stuck sessions are closed. */
  @IsString() @IsNotEmpty() @MaxLength(128) stuckWrapUpCode: string = 'stuck';
  /** Milliseconds between two looks for deadlines that have passed. */
  @IsInt() @Min(20) @Max(60_000) deadlineSweepMs: number = 1_000;
  /** Milliseconds until deadlines of a new partition are looked at: by then it is known how many facts wait in it. */
  @IsInt() @Min(0) @Max(600_000) deadlineSettleMs: number = 5_000;
  /** What replies with a payload stand for; without it nothing is routed. */
  @IsOptional() @IsString() replyRoutingFile?: string;
  /** Names contacts where their consent is kept: CONSENT_KEY_FILE. The same in every service, and for the life of the data. */
  @Secret() @MinLength(LEAST_KEY_BYTES) consentKey: string;
  /** Keywords of the tenants beside the known ones, and what is answered to them; nothing is without it. */
  @IsOptional() @IsString() consentFile?: string;
  /** Milliseconds within which a publish must have begun its last try; after it the record is worked on anew. */
  @IsInt() @Min(500) @Max(60_000) publishDeadlineMs: number = 3_000;
  /** Milliseconds until one try of a publish is given up. A rebuild waits for both together and one second more. */
  @IsInt() @Min(200) @Max(60_000) publishTryMs: number = 2_000;
}

/** @throws ConfigError with every problem of the environment */
export const readConfig = (): SessionStateConfig => loadConfig(SessionStateConfig, process.env);

/**
 * What folding needs of the configuration.
 *
 * @throws ConfigError with every problem of the reply routing file, SettingsFileError with every one of the consent file
 */
export function rulesOf(config: SessionStateConfig): FoldRules {
  const groupingMs = groupingMsOf(config);
  return {
    groupingMs,
    deadlines: deadlinesOf(config, groupingMs),
    routes: loadReplyRoutes(config.replyRoutingFile),
    consent: loadConsentRules(config.consentKey, config.consentFile),
  };
}

function groupingMsOf({ groupingHours }: SessionStateConfig): (channel: Channel) => number {
  const settings = groupingHours.map((setting) => setting.split('='));
  const all = settings.findLast((setting) => setting.length === 1)?.[0] ?? DEFAULT_GROUPING_HOURS;
  const single = new Map(settings.filter((setting) => setting.length === 2) as [string, string][]);
  return (channel) => Math.round(Number(single.get(channel) ?? all) * HOUR_MS);
}

function deadlinesOf(config: SessionStateConfig, groupingMs: FoldRules['groupingMs']): StageDeadlines {
  const minutes = {
    opened: config.deadlineOpenedMinutes,
    queued: config.deadlineQueuedMinutes,
    alerting: config.deadlineAlertingMinutes,
    'with-agent': config.deadlineWithAgentMinutes,
    'wrap-up': config.deadlineWrapUpMinutes,
  };
  return {
    of: (stage, channel) => {
      const configured = minutes[stage];
      return configured === undefined ? groupingMs(channel) : Math.round(configured * MINUTE_MS);
    },
    closingMs: Math.round(config.deadlineClosingMinutes * MINUTE_MS),
    reasserts: config.stuckReasserts,
    closings: config.stuckClosings,
    closeCode: config.stuckWrapUpCode,
  };
}

/** How far the clock checks of a frozen process and the last bytes of a request may trail behind. */
const PUBLISH_MARGIN_MS = 1_000;

/** How long a publish can last after its publisher was written down. */
export const publishMsOf = ({ publishDeadlineMs, publishTryMs }: SessionStateConfig): number =>
  publishDeadlineMs + publishTryMs + PUBLISH_MARGIN_MS;
