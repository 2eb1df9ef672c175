import type { CampaignAction, CampaignState } from '@heliograph/contracts';
import { FenceLost, Unavailable } from '@heliograph/runtime';
import { waitFor } from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CampaignBench, deliveryOf, type Ending } from '../../test/campaign-bench.ts';
import { createdEvent, definitionOf, orderEvent, START, stateOf } from '../../test/campaign-builders.ts';
import { CampaignGates } from './campaign-gates.ts';
import type { CampaignsService } from './campaigns.service.ts';

let bench: CampaignBench;
beforeAll(async () => (bench = await CampaignBench.open()));
afterAll(() => bench.close());

const sight = () => ({ now: START, verdict: { kind: 'passes' as const } });
const place = (fence: string) => ({ partition: 0, fence });

/** A campaign, and what is asked of it one after the other, each at its offset. */
class Asked {
  readonly definition = definitionOf();
  private readonly given = [createdEvent(this.definition)];

  constructor(...actions: CampaignAction[]) {
    this.given.push(...actions.map((action, index) => orderEvent(this.definition, action, index)));
  }

  hand(worker: CampaignsService, offset: number, fence: string) {
    const event = this.given[offset]!;
    return worker.handle(event, deliveryOf(event, offset, fence));
  }

  /** Hands it to the next owner until the publishes of the one before are out of time. */
  handAtLast(offset: number, fence: string) {
    const isHandled = async () => (await this.hand(bench.worker(), offset, fence)).kind !== 'blocked';
    return waitFor(isHandled, { description: `order ${offset} is handled` });
  }
}

const told = async (campaignId: string) =>
  (await bench.states(campaignId)).map(({ data: { version, state } }) => `${version} ${state}`);

describe('an order', () => {
  it('is done when the gate says it and the state is on the topic, each under its number', async () => {
    const fence = await bench.fence(1);
    const campaign = new Asked('start', 'pause', 'resume', 'cancel');
    const { campaignId } = campaign.definition;
    expect(await bench.gate.now(campaignId)).toBeUndefined();
    const gates: unknown[] = [];
    for (const offset of [0, 1]) {
      expect(await campaign.hand(bench.worker(), offset, fence)).toEqual({ kind: 'done' });
      gates.push(await bench.gate.now(campaignId));
    }
    expect(await bench.worker().tick(place(fence), campaignId, sight)).toBeUndefined();
    gates.push(await bench.gate.now(campaignId));
    expect(await bench.worker().tick(place(fence), campaignId, sight)).toBe(3);
    for (const offset of [2, 3, 4]) {
      await campaign.hand(bench.worker(), offset, fence);
      gates.push(await bench.gate.now(campaignId));
    }
    expect(gates).toEqual(['shut', 'shut', 'open', 'shut', 'shut', 'ended']);
    const states = await bench.states(campaignId);
    expect(await told(campaignId)).toEqual([
      ...['1 draft', '2 checking', '3 running', '4 paused', '5 checking', '6 checking'],
    ]);
    expect(states.at(-1)).toMatchObject({
      origin: 'campaign.order.v1/0/4',
      data: { ending: 'cancelled', applied: '4' },
    });
    expect(new Set(states.map(({ id }) => id)).size).toBe(6);
  });

  it('given again, written twice or too late, changes nothing', async () => {
    const fence = await bench.fence(1);
    const campaign = new Asked('start', 'start', 'pause');
    for (const offset of [0, 1, 2, 3]) await campaign.hand(bench.worker(), offset, fence);
    const before = await told(campaign.definition.campaignId);
    expect(before).toEqual(['1 draft', '2 checking', '3 paused']);
    for (const offset of [1, 2, 3, 0])
      expect((await campaign.hand(bench.worker(), offset, fence)).kind).toBe('skipped');
    expect(await told(campaign.definition.campaignId)).toEqual(before);
  });
});

describe('a process that ends', () => {
  it.each<{ ending: Ending; lost: boolean; told: string[] }>([
    { ending: 'gate', lost: false, told: ['1 draft', '2 checking', '3 running', '4 paused'] },
    { ending: 'publish', lost: false, told: ['1 draft', '2 checking', '3 running', '4 paused'] },
    { ending: 'note', lost: false, told: ['1 draft', '2 checking', '3 running', '4 paused', '4 paused'] },
    { ending: 'gate', lost: true, told: ['1 draft', '2 checking', '3 running', '4 paused'] },
    { ending: 'publish', lost: true, told: ['1 draft', '2 checking', '3 running', '4 paused'] },
    { ending: 'note', lost: true, told: ['1 draft', '2 checking', '3 running', '4 paused'] },
  ])('before its $ending leaves an order that the next one carries out; Redis lost: $lost', async (row) => {
    const fence = await bench.fence(1);
    const campaign = new Asked('start', 'pause');
    const { campaignId } = campaign.definition;
    for (const offset of [0, 1]) await campaign.hand(bench.worker(), offset, fence);
    await bench.worker().tick(place(fence), campaignId, sight);
    await expect(campaign.hand(bench.worker(row.ending), 2, fence)).rejects.toBeInstanceOf(Unavailable);
    if (row.lost) await bench.lose(campaignId);
    const next = row.lost ? await bench.rebuild(2) : await bench.fence(2);
    await campaign.handAtLast(2, next);
    expect(await told(campaignId)).toEqual(row.told);
    expect(await bench.gate.now(campaignId)).toBe('shut');
    const states = await bench.states(campaignId);
    expect(states.at(-1)!.data).toMatchObject({ state: 'paused', applied: '2' });
  });

  it('while it lets time pass leaves a state that the next one publishes', async () => {
    const fence = await bench.fence(1);
    const campaign = new Asked('start');
    const { campaignId } = campaign.definition;
    for (const offset of [0, 1]) await campaign.hand(bench.worker(), offset, fence);
    await expect(bench.worker('publish').tick(place(fence), campaignId, sight)).rejects.toBeInstanceOf(Unavailable);
    const next = place(await bench.fence(2));
    await waitFor(async () => (await bench.worker().tick(next, campaignId, sight)) === 3, {
      description: 'what was written is published',
    });
    expect(await told(campaignId)).toEqual(['1 draft', '2 checking', '3 running']);
  });
});

describe('an earlier owner', () => {
  it('changes nothing any more, neither by orders nor by time', async () => {
    const old = await bench.fence(1);
    const campaign = new Asked('start');
    await campaign.hand(bench.worker(), 0, old);
    await bench.fence(2);
    await expect(campaign.hand(bench.worker(), 1, old)).rejects.toBeInstanceOf(FenceLost);
    const { campaignId } = campaign.definition;
    await expect(bench.worker().tick(place(old), campaignId, sight)).rejects.toBeInstanceOf(FenceLost);
    expect(await told(campaignId)).toEqual(['1 draft']);
  });

  it('that comes late with a state does not open what a later one has shut', async () => {
    const gates = new CampaignGates(bench.redis);
    const running: CampaignState = stateOf({ state: 'running', version: 5 });
    await gates.set({ ...running, state: 'paused', version: 6 });
    await gates.set(running);
    expect(await bench.gate.now(running.campaignId)).toBe('shut');
    await gates.set({ ...running, version: 7 });
    expect(await bench.gate.now(running.campaignId)).toBe('open');
  });
});

describe('a clear that comes late', () => {
  it('leaves what its successor publishes again, so that the next owner waits for that publish', async () => {
    const state = stateOf();
    const { campaignId } = state;
    const store = bench.store();
    const first = place(await bench.fence(1));
    const since = await store.write(first, undefined, { state, cause: {} });
    const second = place(await bench.fence(2));
    const takenOver = async () => (await store.take(second, campaignId)).kind === 'pending';
    await waitFor(takenOver, { description: 'the first publisher is out of time' });
    await store.clear(first, state, since);
    expect((await store.take(place(await bench.fence(3)), campaignId)).kind).not.toBe('free');
  });

  it('leaves what its own worker publishes once more', async () => {
    const state = stateOf();
    const { campaignId } = state;
    const store = bench.store();
    const own = place(await bench.fence(1));
    const since = await store.write(own, undefined, { state, cause: {} });
    const takenAgain = async () => {
      const taken = await store.take(own, campaignId);
      return taken.kind === 'pending' && taken.since > since;
    };
    await waitFor(takenAgain, { description: 'the clock of Redis goes on' });
    await store.clear(own, state, since);
    expect((await store.take(own, campaignId)).kind).toBe('pending');
  });
});

describe('after Redis was lost', () => {
  it('nobody knows whether a campaign may be sent until it was brought back as the topic tells it', async () => {
    const fence = await bench.fence(1);
    const campaign = new Asked('start', 'cancel');
    const { campaignId } = campaign.definition;
    for (const offset of [0, 1]) await campaign.hand(bench.worker(), offset, fence);
    await bench.worker().tick(place(fence), campaignId, sight);
    await bench.lose(campaignId);
    expect(await bench.gate.now(campaignId)).toBeUndefined();
    const next = await bench.rebuild(2);
    expect(await bench.gate.now(campaignId)).toBe('open');
    await campaign.hand(bench.worker(), 2, next);
    expect(await bench.gate.now(campaignId)).toBe('ended');
    expect((await bench.states(campaignId)).map(({ data }) => data.version)).toEqual([1, 2, 3, 4]);
  });

  it('a finished one is known for as long as its records may be read', async () => {
    const gates = new CampaignGates(bench.redis);
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
    const [recent, old] = [30, 32].map((days) => stateOf({ state: 'finished', since: daysAgo(days) })) as [
      CampaignState,
      CampaignState,
    ];
    for (const state of [recent, old]) await gates.set(state);
    const isForgotten = async () => (await bench.gate.now(old.campaignId)) === undefined;
    await waitFor(isForgotten, { description: 'the old one is forgotten' });
    expect(await bench.gate.now(recent.campaignId)).toBe('ended');
  });
});
