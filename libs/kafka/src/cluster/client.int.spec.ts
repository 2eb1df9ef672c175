import { describe, expect, it } from '@jest/globals';
import { waitFor } from '@heliograph/testing';
import { openClient } from './client.ts';
import { testKafka } from '../spec-support/test-kafka.ts';
import type { KafkaLog } from '../settings.ts';

const { settings } = testKafka();
const silent: KafkaLog = { debug: () => undefined, warn: () => undefined };

describe('a client', () => {
  it('that is connected and has nothing to do leaves the processor alone', async () => {
    const { client, close } = openClient(settings, silent, { requestTimeout: 60_000 });
    const admin = client.admin();
    await admin.connect();
    await admin.describeCluster();
    const realSetTimeout = globalThis.setTimeout;
    let timers = 0;
    globalThis.setTimeout = Object.assign(
      (...args: Parameters<typeof setTimeout>) => (timers++, realSetTimeout(...args)),
      realSetTimeout,
    );
    try {
      await new Promise((resolve) => realSetTimeout(resolve, 200));
    } finally {
      globalThis.setTimeout = realSetTimeout;
    }
    expect(timers).toBeLessThan(5);
    await close(() => admin.disconnect());
  });

  it('that is closed holds no connection, even when disconnecting would wait for ever', async () => {
    const { client, close } = openClient(settings, silent);
    const admin = client.admin();
    await admin.connect();
    const sockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    const open = sockets();
    await close(() => new Promise(() => undefined));
    await waitFor(() => sockets() < open, { description: 'its sockets are closed' });
  });

  it('that was cut fails pending requests at once and opens no new connection', async () => {
    const { client, cut } = openClient(settings, silent, { retry: { retries: 0 } });
    const admin = client.admin();
    await admin.connect();
    const pending = Array.from({ length: 5 }, () => admin.describeCluster());
    cut();
    const results = await Promise.allSettled(pending);
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    await expect(admin.describeCluster()).rejects.toThrow();
  });

  it('reports what the library says without anything of the records', async () => {
    const lines: [fields: Record<string, unknown>, message: string][] = [];
    const take = (fields: object, message: string) => lines.push([{ ...fields }, message]);
    const log: KafkaLog = { debug: take, warn: take };
    const { client, close } = openClient({ ...settings, brokers: ['127.0.0.1:1'] }, log, { retry: { retries: 0 } });
    const producer = client.producer();
    await expect(producer.connect()).rejects.toThrow();
    expect(lines.length).toBeGreaterThan(0);
    for (const [fields, message] of lines) {
      expect(message).toMatch(/^kafkajs: /);
      const known = ['part', 'broker', 'groupId', 'topic', 'partition', 'retryCount', 'retryTime', 'error'];
      expect(known).toEqual(expect.arrayContaining(Object.keys(fields)));
    }
    await close(() => producer.disconnect());
  });
});
