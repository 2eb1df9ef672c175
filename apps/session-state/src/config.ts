import type { Channel } from '@heliograph/contracts';
import { SESSION_STATE } from '@heliograph/conversations';
import { KafkaRedisConfig, loadConfig } from '@heliograph/runtime';
import { IsInt, IsNumber, Max, Min } from 'class-validator';

/** Name of the service and of its consumer group. */
export const SERVICE = SESSION_STATE;

const HOUR_MS = 60 * 60 * 1000;

export class SessionStateConfig extends KafkaRedisConfig {
  /** Hours without activity after which a WhatsApp conversation starts a new session. */
  @IsNumber() @Min(0.01) @Max(8760) groupingHoursWhatsapp: number = 72;
  /** The same for SMS. */
  @IsNumber() @Min(0.01) @Max(8760) groupingHoursSms: number = 72;
  /** The same for every other channel. */
  @IsNumber() @Min(0.01) @Max(8760) groupingHours: number = 72;
  /** Milliseconds within which a publish must have begun its last try; after it the record is worked on anew. */
  @IsInt() @Min(500) @Max(60_000) publishDeadlineMs: number = 3_000;
  /** Milliseconds until one try of a publish is given up. A rebuild waits for both together and one second more. */
  @IsInt() @Min(200) @Max(60_000) publishTryMs: number = 2_000;
}

/** @throws ConfigError with every problem of the environment */
export const readConfig = (): SessionStateConfig => loadConfig(SessionStateConfig, process.env);

/** Grouping time of a channel, milliseconds. */
export function groupingMsOf(config: SessionStateConfig): (channel: Channel) => number {
  const hours: Partial<Record<Channel, number>> = {
    whatsapp: config.groupingHoursWhatsapp,
    sms: config.groupingHoursSms,
  };
  return (channel) => (hours[channel] ?? config.groupingHours) * HOUR_MS;
}

/** How far the clock checks of a frozen process and the last bytes of a request may trail behind. */
const PUBLISH_MARGIN_MS = 1_000;

/** How long a publish can last after its publisher was written down. */
export const publishMsOf = ({ publishDeadlineMs, publishTryMs }: SessionStateConfig): number =>
  publishDeadlineMs + publishTryMs + PUBLISH_MARGIN_MS;
