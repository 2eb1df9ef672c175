import { afterEach, describe, expect, it } from '@jest/globals';
import { blocked, deadLetter, done } from '../outcome.ts';
import { deferred, rig, stopAll, tick, TOPIC, until } from '../spec-support/scripted-consumer.ts';

afterEach(stopAll);

const ALL = () => true;

describe('how far a consumer says that a partition has ended', () => {
  it('is the lowest record that has not ended, whatever ended behind it', async () => {
    const first = deferred();
    const { source, consumer } = await rig(async ({ offset }) => (offset === 0 && (await first.promise), done));
    source.assign(0);
    source.beat();
    source.push(0, [0, 'a'], [1, 'b'], [2, 'c']);
    await tick();
    expect(consumer.ended(TOPIC.name, 0, ALL)?.offset).toBe(0);
    first.resolve();
    await until(() => consumer.ended(TOPIC.name, 0, ALL)?.offset === 3);
  });

  it('is nothing for a partition that is not admitted under its present generation, or is somebody else’s', async () => {
    const { source, consumer } = await rig(async () => done);
    source.assign(0);
    expect(consumer.ended(TOPIC.name, 0, ALL)).toBeUndefined();
    source.beat();
    await until(() => consumer.ended(TOPIC.name, 0, ALL) !== undefined);
    source.listener.rebalancing();
    expect(consumer.ended(TOPIC.name, 0, ALL)).toBeUndefined();
    expect(consumer.ended(TOPIC.name, 1, ALL)).toBeUndefined();
  });

  it('is unknown before anything was seen, and passes over what is no record', async () => {
    const { source, consumer } = await rig(async () => done);
    source.assign(0);
    source.beat();
    await until(() => consumer.ended(TOPIC.name, 0, ALL) !== undefined);
    expect(consumer.ended(TOPIC.name, 0, ALL)?.offset).toBeUndefined();
    source.listener.records(TOPIC.name, 0, [], 6, 6);
    expect(consumer.ended(TOPIC.name, 0, ALL)?.offset).toBe(6);
  });

  it('counts a dead letter when its copy is acknowledged', async () => {
    const { source, consumer, dead } = await rig(async () => deadLetter('unreadable'));
    source.assign(0);
    source.beat();
    source.push(0, [0, 'a']);
    await until(() => consumer.ended(TOPIC.name, 0, ALL)?.offset === 1);
    expect(dead).toHaveLength(1);
  });

  it('waits for no record of a key that does not concern the asker', async () => {
    const never = new Promise(() => undefined);
    const { source, consumer } = await rig(async ({ event }) =>
      event.partitionKey === 'waits' ? blocked('for long', never) : done,
    );
    source.assign(0);
    source.beat();
    source.push(0, [0, 'waits'], [1, 'waits'], [2, 'other']);
    await until(() => consumer.ended(TOPIC.name, 0, (key) => key !== 'waits')?.offset === 3);
    expect(consumer.ended(TOPIC.name, 0, ALL)?.offset).toBe(0);
  });
});
