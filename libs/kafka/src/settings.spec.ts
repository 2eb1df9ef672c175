import { describe, expect, it } from '@jest/globals';
import { connectKafka } from './cluster/kafka.ts';
import { kafkaSettings, type KafkaClient } from './settings.ts';

const given = { brokers: ['127.0.0.1:9092'], clientId: 'spec' };

describe('kafkaSettings', () => {
  it('fills in what is not given, and what is given as undefined', () => {
    const settings = kafkaSettings({ ...given, namespace: undefined, conversationPartitions: 6 });
    expect(settings).toMatchObject({
      namespace: '',
      conversationPartitions: 6,
      replicationFactor: -1,
      sessionTimeoutMs: 30_000,
      client: 'kafkajs',
    });
  });

  it('names everything that is wrong at once', () => {
    const wrong = {
      brokers: ['localhost'],
      clientId: '',
      client: 'other' as KafkaClient,
      namespace: 'a b',
      conversationPartitions: 0,
      replicationFactor: 0,
      maxWaitTimeInMs: 501,
      heartbeatMs: 3_000,
      sessionTimeoutMs: 6_000,
    };
    const names = [
      'brokers',
      'clientId',
      'client',
      'namespace',
      'conversationPartitions',
      'replicationFactor',
      'maxWaitTimeInMs',
      'heartbeatMs',
    ];
    for (const name of names) expect(() => kafkaSettings(wrong)).toThrow(new RegExp(`\\b${name}\\b`));
    expect(() => kafkaSettings({ brokers: [], clientId: 'spec' })).toThrow(/brokers is empty/);
  });
});

describe('names', () => {
  const kafka = connectKafka({ ...given, namespace: 'test-1.' });
  it('carry the namespace in Kafka and lose it on the way back', () => {
    expect(kafka.physical('conversation.inbound.v1')).toBe('test-1.conversation.inbound.v1');
    expect(kafka.logical('test-1.conversation.inbound.v1')).toBe('conversation.inbound.v1');
    expect(kafka.physicalGroup('router')).toBe('test-1.router');
    expect(() => kafka.logical('other.conversation.inbound.v1')).toThrow(/not in the namespace/);
  });
});
