import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { IsArray, IsBoolean, IsNotEmpty, IsOptional, IsString } from 'class-validator';
import { BaseConfig, KafkaRedisConfig } from './base-config.ts';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import { describeConfig } from './describe-config.ts';
import { loadConfig } from './load-config.ts';
import { Secret } from './secret.ts';

class SampleConfig extends KafkaRedisConfig {
  @IsString() @IsNotEmpty() @Secret() apiKey: string;
  @IsString() accountsFile: string = 'accounts.json';
  @IsBoolean() strict: boolean = true;
  @IsArray() tags: string[] = [];
  @IsOptional() @IsString() @Secret() oldApiKey?: string;
}

const REQUIRED = { KAFKA_BROKERS: 'a:9092', REDIS_URL: 'redis://r:6379', API_KEY: 'k-1' };
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'heliograph-config-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function problemsOf(env: Record<string, string>): readonly ConfigProblem[] {
  try {
    loadConfig(SampleConfig, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('loadConfig', () => {
  it('reads each property from its name in upper snake case, converted to its declared type', () => {
    const env = { ...REQUIRED, KAFKA_BROKERS: 'a:9092, b:9093,', PORT: '8080', STRICT: 'false', TAGS: 'x,y' };
    expect(loadConfig(SampleConfig, env)).toMatchObject({
      kafkaBrokers: ['a:9092', 'b:9093'],
      port: 8080,
      strict: false,
      tags: ['x', 'y'],
      apiKey: 'k-1',
    });
  });

  it('keeps defaults for what is not set, and takes an empty variable as not set', () => {
    const config = loadConfig(SampleConfig, { ...REQUIRED, PORT: '', NAMESPACE: '' });
    expect(config).toBeInstanceOf(SampleConfig);
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 0,
      logLevel: 'info',
      logFormat: 'json',
      namespace: '',
      kafkaClient: 'kafkajs',
      shutdownGraceMs: 20_000,
      conversationPartitions: 12,
      sessionTimeoutMs: 30_000,
      heartbeatMs: 1000,
    });
  });

  it('starts a service that needs no broker from an empty environment', () => {
    expect(loadConfig(BaseConfig, {})).toMatchObject({ host: '127.0.0.1', port: 0 });
  });

  it('reports all problems at once, each with its variable, one reason and no value', () => {
    const problems = problemsOf({
      KAFKA_BROKERS: 'nowhere',
      KAFKA_CLIENT: 'other',
      PORT: 'eighty',
      STRICT: 'maybe',
      API_KEY_FILE: '/none/k',
    });
    expect(new Map(problems.map(({ name, reason }) => [name, reason]))).toEqual(
      new Map([
        ['KAFKA_BROKERS', 'must be host:port, comma separated'],
        ['KAFKA_CLIENT', 'must be one of the following values: kafkajs, platformatic'],
        ['PORT', 'must be an integer number'],
        ['STRICT', 'must be a boolean value'],
        ['API_KEY_FILE', 'points to a file that cannot be read (ENOENT): /none/k'],
        ['REDIS_URL', 'is not set'],
      ]),
    );
    expect(problems).toHaveLength(6);
  });

  it('names every problem in the one message of its error', () => {
    expect(() => loadConfig(SampleConfig, { API_KEY: 'k' })).toThrow(
      'the configuration is invalid: KAFKA_BROKERS is not set; REDIS_URL is not set',
    );
  });

  it('reads a value from the file that NAME_FILE points to, without its last line break', () => {
    const { API_KEY: _, ...rest } = REQUIRED;
    expect(loadConfig(SampleConfig, { ...rest, API_KEY_FILE: file('key', 's3cret\n') }).apiKey).toBe('s3cret');
  });

  it('keeps a property whose own name ends in File apart from a file to read', () => {
    expect(loadConfig(SampleConfig, { ...REQUIRED, ACCOUNTS_FILE: '/etc/accounts.json' }).accountsFile).toBe(
      '/etc/accounts.json',
    );
  });

  it('refuses an empty file, and a value that is set twice', () => {
    const empty = file('empty', '\n');
    expect(problemsOf({ ...REQUIRED, OLD_API_KEY_FILE: empty })).toEqual([
      { name: 'OLD_API_KEY_FILE', reason: `points to an empty file: ${empty}` },
    ]);
    expect(problemsOf({ ...REQUIRED, API_KEY_FILE: file('key2', 'x') })).toEqual([
      { name: 'API_KEY', reason: 'is set twice: by itself and by API_KEY_FILE' },
    ]);
  });

  it.each(['0x10', '1e3', '12abc', ' ', '1.5'])('refuses "%s" as a port', (text) => {
    expect(problemsOf({ ...REQUIRED, PORT: text })).toEqual([{ name: 'PORT', reason: 'must be an integer number' }]);
  });
});

describe('describeConfig', () => {
  const env = { ...REQUIRED, REDIS_URL: 'redis://user:pa:ss@r:6379/0', API_KEY: 'very-secret' };

  it('shows every setting, and of a secret only whether it is set', () => {
    const summary = describeConfig(loadConfig(SampleConfig, env));
    expect(summary).toMatchObject({ API_KEY: '***', OLD_API_KEY: 'not set', PORT: 0, KAFKA_BROKERS: ['a:9092'] });
    expect(JSON.stringify(summary)).not.toContain('very-secret');
  });

  it('hides the password of a URL', () => {
    expect(describeConfig(loadConfig(SampleConfig, env)).REDIS_URL).toBe('redis://user:***@r:6379/0');
  });
});
