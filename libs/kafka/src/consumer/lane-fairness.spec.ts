import { afterEach, describe, expect, it } from '@jest/globals';
import { EVENTS, TOPICS } from '@heliograph/contracts';
import { sendMessage } from '@heliograph/testing';
import { blocked, done } from '../outcome.ts';
import { deferred, record, rig, stopAll, tick, TOPIC, until } from '../spec-support/scripted-consumer.ts';

afterEach(stopAll);

describe('lanes that share workers', () => {
  it('take turns: a key with a long queue lets every other key go first after each of its records', async () => {
    const ended: string[] = [];
    const { source } = await rig(async (d) => (ended.push(d.event.partitionKey), done), { workers: 1 });
    source.assign(0);
    const hot = Array.from({ length: 5_000 }, (_, n): [number, string] => [n, 'hot']);
    source.push(0, ...hot, [5_000, 'a'], [5_001, 'b'], [5_002, 'a']);
    source.beat();
    await until(() => ended.length === 5_003);
    expect(ended.slice(0, 6)).toEqual(['hot', 'a', 'b', 'hot', 'a', 'hot']);
  });

  it('of one partition leave the lanes of another their turns', async () => {
    const ended: number[] = [];
    const { source } = await rig(async (d) => (ended.push(d.partition), done), { workers: 1 });
    source.assign(0, 1);
    source.push(0, ...Array.from({ length: 100 }, (_, n): [number, string] => [n, `k${n % 10}`]));
    source.push(1, [0, 'other']);
    source.beat();
    await until(() => ended.length === 101);
    expect(ended.indexOf(1)).toBeLessThanOrEqual(10);
  });
});

describe('a lane of prioritised inputs', () => {
  it('runs what waits of the first input before what waits of the second, and each in its order', async () => {
    const command = sendMessage();
    const key = command.conversationId;
    const value = JSON.stringify(command);
    const second = TOPICS.conversationCommand;
    const gate = deferred();
    const ended: string[] = [];
    const { source } = await rig(
      async (d) => {
        if (ended.length === 0) await gate.promise;
        ended.push(`${d.topic === TOPIC.name ? 'first' : 'second'} ${d.offset}`);
        return done;
      },
      { topics: [TOPIC, second], prioritised: true },
    );
    source.assign(0);
    source.beat();
    await tick();
    const type = { ce_type: EVENTS.sendMessage.type };
    const ofSecond = (offset: number) => {
      const made = record(0, offset, key, value);
      return { ...made, topic: second.name, headers: { ...made.headers, ...type } };
    };
    source.listener.records(second.name, 0, [ofSecond(0), ofSecond(1), ofSecond(2)], 3, 3);
    source.listener.records(TOPIC.name, 0, [record(0, 0, key), record(0, 1, key)], 2, 2);
    await tick();
    gate.resolve();
    await until(() => ended.length === 5);
    // What had begun goes on.
    expect(ended).toEqual(['second 0', 'first 0', 'first 1', 'second 1', 'second 2']);
  });

  it('lets what came of the first input meanwhile go before a record of the second that has to wait', async () => {
    const command = sendMessage();
    const key = command.conversationId;
    const second = TOPICS.conversationCommand;
    const [begun, wakes] = [deferred(), deferred()];
    const ended: string[] = [];
    let isFirstTry = true;
    const { source } = await rig(
      async (d) => {
        const isSecond = d.topic === second.name;
        if (isSecond && d.offset === 0 && isFirstTry) {
          isFirstTry = false;
          await begun.promise;
          return blocked('waits', wakes.promise);
        }
        ended.push(`${isSecond ? 'second' : 'first'} ${d.offset}`);
        if (ended.length === 2) wakes.resolve();
        return done;
      },
      { topics: [TOPIC, second], prioritised: true },
    );
    source.assign(0);
    source.beat();
    await tick();
    const ofSecond = (offset: number) => {
      const made = record(0, offset, key, JSON.stringify(command));
      return { ...made, topic: second.name, headers: { ...made.headers, ce_type: EVENTS.sendMessage.type } };
    };
    source.listener.records(second.name, 0, [ofSecond(0), ofSecond(1)], 2, 2);
    await tick();
    source.listener.records(TOPIC.name, 0, [record(0, 0, key), record(0, 1, key)], 2, 2);
    await tick();
    begun.resolve();
    await until(() => ended.length === 4);
    expect(ended).toEqual(['first 0', 'first 1', 'second 0', 'second 1']);
  });
});

describe('progress', () => {
  it('tells the lag and age of a partition, also while it is paused and nothing is fetched', async () => {
    const gate = deferred();
    const { source, consumer } = await rig(async () => (await gate.promise, done), {
      limits: { records: 2, bytes: 1e9, distance: 1e9 },
    });
    source.assign(0);
    source.beat();
    await tick();
    source.push(0, [10, 'a'], [11, 'b']);
    const [before] = consumer.progress();
    expect(before).toMatchObject({ topic: TOPIC.name, partition: 0, lag: 2, records: 2, paused: true });
    expect(before!.ageSeconds()).toBeGreaterThan(0);
    consumer.endsAt(TOPIC.name, 0, 500);
    const [after] = consumer.progress();
    expect(after!.lag).toBe(490);
    gate.resolve();
    await until(() => source.committed(0) === 12);
    const [last] = consumer.progress();
    expect(last!.ageSeconds()).toBe(0);
  });
});
