import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CAMPAIGN_GROUP, heldKey, messagesKey, progressKey } from '@heliograph/campaigns';
import { MESSAGE_STATUSES, statusStep, type MessageStatus } from '@heliograph/contracts';
import { fenceKey, RedisClient } from '@heliograph/redis';
import { FenceLost } from '@heliograph/runtime';
import { testRedisUrl, uniqueNamespace } from '@heliograph/testing';
import fc from 'fast-check';
import { ExpansionStore } from '../expansion/expansion.store.ts';
import { CountsStore } from './counts.store.ts';
import { MARKS, type Standing, type Told } from './told.ts';

const PARTITION = 3;
const MESSAGES = 4;

let redis: RedisClient;
let counts: CountsStore;
let expansion: ExpansionStore;
let token: string;
beforeAll(async () => {
  redis = new RedisClient({ url: testRedisUrl(), namespace: uniqueNamespace('counts') });
  await redis.whenUp();
  counts = new CountsStore(redis);
  expansion = new ExpansionStore(redis);
  token = `${redis.runId}|0.1`;
  await redis.client.set(fenceKey(PARTITION, CAMPAIGN_GROUP), token);
});
afterAll(() => redis.close());

type Told1 = { readonly message: number } & (
  | { readonly status: MessageStatus; readonly code: string }
  | { readonly held: true }
  | { readonly flag: 'A' | 'O' | 'E' }
);
type Step = Told1 | { readonly row: number; readonly code: string | undefined };

const message = fc.nat(MESSAGES - 1);
const toldStep: fc.Arbitrary<Told1> = fc.oneof(
  fc.record({ message, status: fc.constantFrom(...MESSAGE_STATUSES), code: fc.constantFrom('expired', 'a=b/c@1') }),
  fc.record({ message, held: fc.constant(true as const) }),
  fc.record({ message, flag: fc.constantFrom('A' as const, 'O' as const, 'E' as const) }),
);
const rowStep = fc.record({ row: message, code: fc.constantFrom(undefined, undefined, 'frequency-cap') });
const history: fc.Arbitrary<Step[]> = fc.array(fc.oneof({ weight: 3, arbitrary: toldStep }, rowStep), {
  maxLength: 30,
});

class Campaign {
  readonly campaignId = randomUUID();
  private next: number | undefined;

  /** Sequences are the places in the history, so a step that is repeated has its own. */
  toldOf(step: Told1, place: number): Told {
    const of = { campaignId: this.campaignId, messageId: `m${step.message}`, sequence: place + 1, offset: place };
    if ('held' in step) return { ...of, standing: 'held', resumeAt: 0, flags: '' };
    if ('flag' in step) return { ...of, flags: step.flag };
    return { ...of, standing: step.status, flags: '', ...(step.status === 'failed' && { code: step.code }) };
  }

  count(told: readonly Told[]): Promise<boolean[]> {
    return counts.countAll({ partition: PARTITION, group: CAMPAIGN_GROUP, token }, told);
  }

  async take(step: Step, place: number): Promise<void> {
    if (!('row' in step)) return void (await this.count([this.toldOf(step, place)]));
    const next = (this.next ?? 0) + 1;
    const rows = [{ messageId: `m${step.row}`, code: step.code }];
    const giving = { campaignId: this.campaignId, from: this.next, next, isClosed: false, rows, held: [] };
    expect(await expansion.give(PARTITION, token, giving)).toBe(true);
    expect(await expansion.give(PARTITION, token, giving)).toBe(false);
    this.next = next;
  }

  counters(): Promise<Record<string, string>> {
    return redis.client.hgetall(progressKey(PARTITION, this.campaignId));
  }

  messages(): Promise<Record<string, string>> {
    return redis.client.hgetall(messagesKey(PARTITION, this.campaignId));
  }

  held(): Promise<string[]> {
    return redis.client.zrange(heldKey(PARTITION, this.campaignId), '0', '-1');
  }
}

/** What a count of the messages one by one gives. */
function recount(messages: Readonly<Record<string, string>>): Record<string, number> {
  const counters: Record<string, number> = {};
  const add = (field: string): number => (counters[field] = (counters[field] ?? 0) + 1);
  const names = Object.fromEntries(Object.entries(MARKS).map(([name, mark]) => [mark, name])) as Record<
    string,
    Standing
  >;
  for (const value of Object.values(messages)) {
    const [, mark, flags, code] = /^(.)([A-Z]*)(?:@\d+\/\d+)?(?:=(.*))?$/.exec(value)!;
    if (names[mark!]) add(`is:${names[mark!]}`);
    if (mark === 'f') add(`failed:${code}`);
    for (const [flag, field] of [
      ['A', 'replies'],
      ['O', 'optOuts'],
      ['E', 'elsewhere'],
    ] as const)
      if (flags!.includes(flag)) add(field);
  }
  return counters;
}

/** Counters that are about messages and are not zero. */
const countersOf = (hash: Readonly<Record<string, string>>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(hash)
      .map(([field, count]) => [field, Number(count)] as const)
      .filter(([field, count]) => field !== 'next' && field !== 'repeated' && count !== 0),
  );

describe('the counters of a campaign', () => {
  it('say what counting its messages one by one says, after any history', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        const campaign = new Campaign();
        for (const [place, step] of steps.entries()) await campaign.take(step, place);
        const [hash, messages] = [await campaign.counters(), await campaign.messages()];
        expect(countersOf(hash)).toEqual(recount(messages));
        const rows = steps.filter((step) => 'row' in step).map(({ row }) => row);
        expect(Number(hash['repeated'] ?? 0)).toBe(rows.length - new Set(rows).size);
        const held = Object.entries(messages).filter(([, value]) => value.startsWith('h'));
        expect((await campaign.held()).map((member) => member.split(' ')[1]).sort()).toEqual(
          held.map(([id]) => id).sort(),
        );
      }),
      { numRuns: 150 },
    );
  });

  it('are the same whatever is repeated in whatever order, one by one or in a batch', async () => {
    const told = fc.array(toldStep, { maxLength: 20 }).map((steps) =>
      // Which code a failed message has is told once.
      steps.map((step) => ('status' in step ? { ...step, code: 'expired' } : step)),
    );
    const again = fc.array(fc.nat(), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(told, again, fc.infiniteStream(fc.nat()), async (steps, repeats, random) => {
        const [once, repeated] = [new Campaign(), new Campaign()];
        for (const [place, step] of steps.entries()) await once.take(step, place);
        const places = [...steps.keys(), ...repeats.flatMap((one) => (steps.length ? [one % steps.length] : []))];
        const shuffled = places
          .map((place) => [random.next().value as number, place] as const)
          .sort(([a], [b]) => a - b)
          .map(([, place]) => repeated.toldOf(steps[place]!, place));
        if (shuffled.length > 0) await repeated.count(shuffled);
        const [expected, actual] = [await once.messages(), await repeated.messages()];
        expect(countersOf(await repeated.counters())).toEqual(recount(actual));
        const plain = (messages: Record<string, string>) => Object.entries(messages).map(standingOf).sort();
        expect(plain(actual)).toEqual(plain(expected));
      }),
      { numRuns: 150 },
    );
  });

  it('follow the order in which messages stand everywhere', async () => {
    for (const present of MESSAGE_STATUSES) {
      for (const reported of MESSAGE_STATUSES) {
        const campaign = new Campaign();
        for (const [place, status] of [present, reported].entries())
          await campaign.take({ message: 0, status, code: 'expired' }, place);
        const last = statusStep(present, reported) === 'stale' ? present : reported;
        expect(countersOf(await campaign.counters())).toMatchObject({ [`is:${last}`]: 1 });
      }
    }
  });

  it('are not touched under an earlier fence', async () => {
    const campaign = new Campaign();
    const fence = { partition: PARTITION, group: CAMPAIGN_GROUP, token: `${redis.runId}|0.0` };
    const told = campaign.toldOf({ message: 0, status: 'sent', code: '' }, 0);
    await expect(counts.countAll(fence, [told])).rejects.toThrow(FenceLost);
    expect(await campaign.messages()).toEqual({});
  });
});

/** How a message stands, whichever entry said so; nothing, queued and held are one: which of them came last decides. */
function standingOf([id, value]: [string, string]): string {
  const [, mark, flags] = /^(.)([A-Z]*)/.exec(value)!;
  const sorted = [...flags!].sort().join('');
  return `${id} ${'-qh'.includes(mark!) ? 'open' : mark} ${sorted}`;
}
