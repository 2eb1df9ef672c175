import { CAMPAIGN_ACTIONS, CAMPAIGN_STATES } from '@heliograph/contracts';
import { describe, expect, it } from '@jest/globals';
import { judgeOrder } from './order-rules.ts';

const said = (action: (typeof CAMPAIGN_ACTIONS)[number], of: Parameters<typeof judgeOrder>[1]): string => {
  const judged = judgeOrder(action, of);
  return typeof judged === 'string' ? judged : 'refused';
};

describe('an order', () => {
  it('is given on in the states it leads out of, is done where it has come true, else refused', () => {
    const table = CAMPAIGN_ACTIONS.map((action) =>
      [action, ...CAMPAIGN_STATES.map((state) => said(action, { state }))].join(' '),
    );
    expect([CAMPAIGN_STATES.join(' '), ...table]).toEqual([
      'draft checking running paused halted finished',
      'start give done done refused refused refused',
      'pause refused give give done give refused',
      'resume refused done done give give refused',
      'cancel give give give give give refused',
    ]);
  });

  it('to anything but cancel is refused once the campaign is ending', () => {
    const of = { state: 'running', ending: 'expired' } as const;
    expect(CAMPAIGN_ACTIONS.map((action) => said(action, of))).toEqual(['refused', 'refused', 'refused', 'give']);
    expect(judgeOrder('resume', of)).toEqual({
      no: 'The campaign is ending (expired): nothing of it is sent any more',
    });
  });

  it('to cancel is done where it was cancelled', () => {
    expect(said('cancel', { state: 'running', ending: 'cancelled' })).toBe('done');
    expect(said('cancel', { state: 'finished', end: 'cancelled' })).toBe('done');
  });

  it('is refused with what would help', () => {
    expect(judgeOrder('start', { state: 'paused' })).toEqual({ no: 'The campaign is paused: resume it' });
    expect(judgeOrder('resume', { state: 'draft' })).toEqual({ no: 'The campaign is a draft: start it' });
  });
});
