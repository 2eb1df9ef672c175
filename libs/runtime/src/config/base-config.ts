// Before the decorators below: without it they record no types, and nothing would be converted.
import 'reflect-metadata';
import { ArrayNotEmpty, IsArray, IsIn, IsInt, IsString, Matches, Max, Min } from 'class-validator';
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from '../log/log.ts';

/** Those libs/kafka has an adapter for. */
const KAFKA_CLIENTS = ['kafkajs', 'platformatic'] as const;

/** What every service can be told. A service's own configuration class extends one of the three of this file. */
export class BaseConfig {
  /** Address to listen on; containers set 0.0.0.0. */
  @IsString() host: string = '127.0.0.1';
  /** 0: any free port; the log line `ready` says which. */
  @IsInt() @Min(0) @Max(65535) port: number = 0;
  @IsIn(LOG_LEVELS) logLevel: LogLevel = 'info';
  /** pretty: one readable line per entry, for development. */
  @IsIn(LOG_FORMATS) logFormat: LogFormat = 'json';
  /** Prefix of topic, group and key names, so that several systems can share brokers; empty in production. */
  @Matches(/^[A-Za-z0-9._-]*$/, { message: 'may hold only letters, digits, dots, dashes and underscores' })
  namespace: string = '';
  /**
   * Milliseconds from the signal to stop until the process has ended, by force when it must. `stopPhases` says what they
   * are spent on. The orchestrator's own grace period must be larger.
   */
  @IsInt() @Min(1000) @Max(600_000) shutdownGraceMs: number = 20_000;
}

/** A service that reads or writes Kafka. */
export class KafkaConfig extends BaseConfig {
  /** host:port, comma separated. */
  @IsArray()
  @ArrayNotEmpty({ message: 'is empty' })
  @Matches(/^[^\s:/]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/, {
    each: true,
    message: 'must be host:port, comma separated',
  })
  kafkaBrokers: string[];
  /** The library that consumes and publishes (docs/decisions/0008); replicas of a service may differ for a while. */
  @IsIn(KAFKA_CLIENTS) kafkaClient: (typeof KAFKA_CLIENTS)[number] = 'kafkajs';
  /** Partitions of every topic keyed by conversation ID. Cannot be changed once the topics exist. */
  @IsInt() @Min(1) @Max(10_000) conversationPartitions: number = 12;
  /** How long the group waits for a silent consumer before it gives its partitions to others. */
  @IsInt() @Min(6000) @Max(300_000) sessionTimeoutMs: number = 30_000;
  @IsInt() @Min(100) @Max(60_000) heartbeatMs: number = 1000;
}

/** A service that also works with Redis. */
export class KafkaRedisConfig extends KafkaConfig {
  /** redis://[user:password@]host:port[/db], or rediss: for TLS. */
  @Matches(/^rediss?:\/\/\S+$/, { message: 'must be a redis:// or rediss:// URL' }) redisUrl: string;
}
