import { CAMPAIGN_ACTIONS, CAMPAIGN_STATES, type CampaignAction, type CampaignState } from '@heliograph/contracts';
import { describe, expect, it } from '@jest/globals';
import {
  createdEvent,
  definitionOf,
  HOUR_MS,
  isoAt,
  orderEvent,
  stateOf,
  uploadEvent,
} from '../../test/campaign-builders.ts';
import { foldOrder } from './fold-order.ts';

const OFFSET = 7;
type From = CampaignState['state'] | 'ending';

/** Every action in every state: the state it leads to, or why it changes nothing. */
const TABLE: Record<From, Record<CampaignAction, string>> = {
  draft: { start: '→ checking', pause: 'not-running', resume: 'not-paused', cancel: '→ finished cancelled' },
  checking: { start: 'started-already', pause: '→ paused', resume: 'not-paused', cancel: '→ checking cancelled' },
  running: { start: 'started-already', pause: '→ paused', resume: 'not-paused', cancel: '→ running cancelled' },
  paused: { start: 'started-already', pause: 'not-running', resume: '→ checking', cancel: '→ paused cancelled' },
  halted: { start: 'started-already', pause: 'not-running', resume: '→ checking', cancel: '→ halted cancelled' },
  ending: { start: 'ending', pause: 'ending', resume: 'ending', cancel: 'ending' },
  finished: { start: 'finished', pause: 'finished', resume: 'finished', cancel: 'finished' },
};
const ROWS = [...CAMPAIGN_STATES, 'ending' as const].flatMap((from) =>
  CAMPAIGN_ACTIONS.map((action) => ({ from, action, to: TABLE[from][action] })),
);
const standing = (from: From): CampaignState =>
  from === 'ending' ? stateOf({ state: 'paused', ending: 'cancelled' }) : stateOf({ state: from });

function folded(
  before: CampaignState | undefined,
  event: Parameters<typeof foldOrder>[1],
  offset = OFFSET,
): CampaignState {
  const result = foldOrder(before, event, offset);
  if ('skipped' in result) throw new Error(result.skipped);
  return result.state;
}

describe('an order', () => {
  it.each(ROWS)('$action in $from: $to', ({ from, action, to }) => {
    const before = standing(from);
    const result = foldOrder(before, orderEvent(before, action), OFFSET);
    if ('skipped' in result) return expect(result.skipped).toBe(to);
    const { state, end, ending } = result.state;
    expect(['→', state, end ?? ending].filter(Boolean).join(' ')).toBe(to);
    expect(result.state).toMatchObject({ version: before.version + 1, applied: String(OFFSET), at: isoAt(HOUR_MS) });
    expect(result.state.history.at(-1)).toMatchObject({ state, at: isoAt(HOUR_MS), by: 'ann' });
  });

  it('leaves what it does not change as it was: resumed, a halted campaign has no reasons any more', () => {
    const before = stateOf({ state: 'halted', reasons: [{ code: 'template-not-approved', reason: 'it is REJECTED' }] });
    const after = folded(before, orderEvent(before, 'resume'));
    expect(after).toMatchObject({ state: 'checking', since: isoAt(HOUR_MS), reasons: [] });
    expect([after.definition, after.uploads]).toEqual([before.definition, before.uploads]);
  });

  it('cancelled before the start ends every recipient as failed, since nobody reads them', () => {
    const before = stateOf();
    expect(folded(before, orderEvent(before, 'cancel')).progress).toMatchObject({
      ...{ accepted: 10, waiting: 0, sent: 0, failed: 10, failedBy: { cancelled: 10 } },
    });
  });

  it('given twice changes something once, by offset and by id', () => {
    const before = stateOf({ state: 'running' });
    const pause = orderEvent(before, 'pause');
    const paused = folded(before, pause);
    expect(foldOrder(paused, pause, OFFSET)).toEqual({ skipped: 'applied-already' });
    const resumed = folded(paused, orderEvent(before, 'resume'), OFFSET + 1);
    expect(foldOrder(resumed, pause, OFFSET + 2)).toEqual({ skipped: 'repeated' });
  });

  it('of a campaign that nobody knows, or of another tenant, changes nothing', () => {
    const before = stateOf();
    expect(foldOrder(undefined, orderEvent(before, 'start'), 0)).toEqual({ skipped: 'campaign-unknown' });
    const others = orderEvent({ ...before, tenant: 'globex' }, 'start');
    expect(foldOrder(before, others, OFFSET)).toEqual({ skipped: 'campaign-unknown' });
  });
});

describe('a campaign', () => {
  it('begins as a draft of its definition, once', () => {
    const definition = definitionOf();
    const created = createdEvent(definition);
    const draft = folded(undefined, created, 4);
    expect(draft).toEqual({
      ...{
        campaignId: definition.campaignId,
        tenant: 'acme',
        definition,
        state: 'draft',
        since: isoAt(0),
        reasons: [],
      },
      ...{ version: 1, history: [{ state: 'draft', at: isoAt(0), by: 'marketing' }], applied: '4', recent: [] },
      ...{ uploads: { rows: 0, accepted: 0, invalid: 0, repeated: 0, suppressed: 0 }, at: isoAt(0) },
    });
    expect(foldOrder(draft, created, 4)).toEqual({ skipped: 'applied-already' });
    expect(foldOrder(draft, created, 5)).toEqual({ skipped: 'created-already' });
  });

  it('counts the rows of all its uploads, each once', () => {
    const before = stateOf();
    const upload = uploadEvent(before, { rows: 5, accepted: 2, invalid: 1, repeated: 1, suppressed: 1 });
    const after = folded(before, upload);
    expect(after.uploads).toEqual({ rows: 17, accepted: 12, invalid: 2, repeated: 2, suppressed: 1 });
    expect(after).toMatchObject({ state: 'draft', version: before.version + 1 });
    expect(foldOrder(after, upload, OFFSET + 1)).toEqual({ skipped: 'repeated' });
  });

  it('keeps so many steps and ids as its contract allows, the last ones', () => {
    let state = stateOf({ state: 'running' });
    for (let offset = OFFSET; offset < OFFSET + 100; offset++)
      state = folded(state, orderEvent(state, state.state === 'paused' ? 'resume' : 'pause', offset), offset);
    expect([state.history.length, state.recent.length]).toEqual([50, 64]);
    expect(state.history.at(-1)!.at).toBe(isoAt(OFFSET + 99));
  });
});
