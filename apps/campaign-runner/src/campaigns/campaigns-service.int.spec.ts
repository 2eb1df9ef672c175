import { EVENTS } from '@heliograph/contracts';
import { waitFor } from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HOUR_MS, isoAt, START, uploadEvent } from '../../test/campaign-builders.ts';
import { StartedRunners } from '../../test/started-runners.ts';
import { gateOf } from '../fold/campaign-change.ts';

let runners: StartedRunners;
beforeAll(async () => {
  runners = await StartedRunners.open();
  await runners.template('PUBLISHED');
}, 90_000);
afterAll(() => runners.close(), 60_000);

describe('a campaign', () => {
  it('runs when it was started and what it needs is there, and goes on where it was paused', async () => {
    const campaign = await runners.campaign();
    await runners.ask(EVENTS.campaignUploaded, uploadEvent(campaign, { rows: 3, accepted: 2, invalid: 1 }));
    await runners.until(campaign, 'running');
    await runners.order(campaign, 'pause');
    expect(await runners.until(campaign, 'paused')).toMatchObject({ uploads: { rows: 3, accepted: 2 } });
    expect(await runners.gateOf(campaign)).toBe('shut');
    await runners.order(campaign, 'resume');
    await runners.until(campaign, 'running');
    expect(await runners.gateOf(campaign)).toBe('open');
  }, 60_000);

  it('is halted as soon as its template is rejected, and resumed after the repair', async () => {
    await runners.template('PUBLISHED', 'autumn_sale');
    const campaign = await runners.campaign({ template: { name: 'autumn_sale', language: 'en' } });
    await runners.until(campaign, 'running');
    await runners.template('REJECTED', 'autumn_sale');
    const halted = await runners.until(campaign, 'halted');
    expect(halted.reasons).toMatchObject([{ code: 'template-not-approved' }]);
    expect(halted.reasons[0]!.reason).toContain('is REJECTED');
    expect(await runners.gateOf(campaign)).toBe('shut');
    await runners.order(campaign, 'resume');
    const again = await waitFor(
      () => runners.states(campaign.campaignId).find(({ version }) => version > halted.version + 1),
      {
        description: 'it was looked at again',
      },
    );
    expect(again.state).toBe('halted');
    await runners.template('PUBLISHED', 'autumn_sale');
    await waitFor(
      async () => {
        await runners.order(campaign, 'resume');
        return runners.states(campaign.campaignId).at(-1)?.state === 'running';
      },
      { intervalMs: 500, timeoutMs: 30_000, description: 'it runs again' },
    );
  }, 60_000);

  it('goes on when its template is rejected and has a fallback that may be sent', async () => {
    const fallbacks = [{ template: 'spring_sale' }];
    await runners.template('PUBLISHED', 'summer_sale', { fallbacks });
    const campaign = await runners.campaign({ template: { name: 'summer_sale', language: 'en' } });
    const running = await runners.until(campaign, 'running');
    await runners.template('REJECTED', 'summer_sale', { fallbacks });
    const other = await runners.campaign({ template: { name: 'summer_sale', language: 'en' } });
    await runners.until(other, 'running');
    expect(runners.states(campaign.campaignId).at(-1)).toEqual(running);
  }, 60_000);

  it.each([
    ['of an unknown account', { account: 'nobody' }, 'account-unknown'],
    ['of an unknown sender', { sender: 'nobody' }, 'sender-unknown'],
    ['of an unknown template', { template: { name: 'nothing', language: 'en' } }, 'template-unknown'],
  ])(
    '%s is halted before anything is sent',
    async (_what, over, code) => {
      const campaign = await runners.campaign(over);
      expect((await runners.until(campaign, 'halted')).reasons[0]).toMatchObject({ code });
      expect(runners.states(campaign.campaignId).map(({ state }) => state)).not.toContain('running');
    },
    60_000,
  );

  it('waits for its start, and ends by itself when its time is over', async () => {
    const campaign = await runners.campaign({ startAt: isoAt(HOUR_MS), expiresAt: isoAt(2 * HOUR_MS) });
    const waiting = await waitFor(
      () => runners.states(campaign.campaignId).find(({ reasons }) => reasons[0]?.code === 'before-start'),
      { timeoutMs: 30_000, description: 'it tells that it waits' },
    );
    expect(waiting.state).toBe('checking');
    runners.now = START + HOUR_MS;
    await runners.until(campaign, 'running');
    runners.now = START + 2 * HOUR_MS;
    await runners.until(campaign, 'running ending expired');
    expect(await runners.gateOf(campaign)).toBe('ended');
    await runners.drain(campaign, { 'is:failed': 2, 'failed:expired': 2 });
    expect(await runners.until(campaign, 'finished')).toMatchObject({
      end: 'expired',
      progress: { failed: 2, failedBy: { expired: 2 } },
    });
  }, 60_000);

  it('is finished when nothing of it is to be done, not while a message is under way or held', async () => {
    const campaign = await runners.campaign();
    await runners.ask(EVENTS.campaignUploaded, uploadEvent(campaign, { rows: 3, accepted: 3 }));
    await runners.until(campaign, 'running');
    await runners.drain(campaign, { 'is:sent': 1, 'is:given': 1, 'is:held': 1 });
    await runners.order(campaign, 'pause');
    await runners.until(campaign, 'paused');
    await runners.order(campaign, 'resume');
    await runners.until(campaign, 'running');
    await runners.drain(campaign, { 'is:sent': 3, 'is:given': 0, 'is:held': 0 });
    const finished = await runners.until(campaign, 'finished');
    expect(finished).toMatchObject({ end: 'completed', progress: { accepted: 3, sent: 3, waiting: 0, underWay: 0 } });
  }, 60_000);

  it('is kept by whichever replica is left, also when Redis is flushed and nobody asks for anything', async () => {
    const campaigns = await Promise.all(Array.from({ length: 8 }, () => runners.campaign()));
    for (const campaign of campaigns) await runners.until(campaign, 'running');
    await runners.start();
    await Promise.all(campaigns.slice(0, 4).map((campaign) => runners.order(campaign, 'pause')));
    await runners.redis.call((client) => client.flushall());
    await Promise.all(campaigns.slice(4).map((campaign) => runners.order(campaign, 'cancel')));
    await runners.services.shift()!.stop();
    for (const [index, campaign] of campaigns.entries()) {
      const stands = index < 4 ? 'paused' : 'running ending cancelled';
      await runners.until(campaign, stands);
      const word = index < 4 ? 'shut' : 'ended';
      await waitFor(async () => (await runners.gateOf(campaign)) === word, {
        timeoutMs: 30_000,
        description: `the gate is ${word} again`,
      });
    }
  }, 120_000);
});

describe('whoever reads where a campaign stands', () => {
  it('finds the gate as that state has it, or as a later one has, unless Redis was lost', () => {
    expect(runners.seen.length).toBeGreaterThan(20);
    for (const { state, gate, gateVersion } of runners.seen) {
      if (gate === null) continue;
      expect(gateVersion).toBeGreaterThanOrEqual(state.version);
      if (gateVersion === state.version) expect(gate).toBe(gateOf(state));
    }
    expect(runners.seen.filter(({ gate }) => gate !== null).length).toBeGreaterThan(20);
  });

  it('reads every version once or as it was, without a gap', () => {
    const contents = new Map<string, string>();
    for (const { state } of runners.seen) {
      const name = `${state.campaignId} ${state.version}`;
      expect(contents.get(name) ?? JSON.stringify(state)).toBe(JSON.stringify(state));
      contents.set(name, JSON.stringify(state));
    }
    for (const id of new Set(runners.seen.map(({ state }) => state.campaignId))) {
      const versions = runners.states(id).map(({ version }) => version);
      expect(versions).toEqual(versions.map((_, index) => index + 1));
    }
  });
});
