import { describe, expect, it } from '@jest/globals';
import type { Activity } from '@heliograph/testing';
import { cleanRun } from '../judge/clean-run.ts';
import { compareCrm } from './crm.ts';

const { entries } = cleanRun();
const activities = (): Activity[] =>
  entries.map(({ conversationId, sequence, kind }, arrival) => {
    return { externalId: `${conversationId} ${sequence}`, conversationId, sequence, kind, arrival };
  });

describe('the CRM against the timeline', () => {
  it('has an activity for each entry, in order', () => {
    expect(compareCrm(entries, activities())).toEqual({ lost: 0, swapped: 0, findings: [] });
  });

  it('a missing one is lost', () => {
    const found = compareCrm(entries, activities().slice(1));
    expect(found).toEqual({ lost: 1, swapped: 0, findings: ['not in the CRM: c0 1'] });
  });

  it('one that came behind a later one is swapped', () => {
    const [first, second, ...rest] = activities();
    const swapped = [{ ...first!, arrival: 1 }, { ...second!, arrival: 0 }, ...rest];
    expect(compareCrm(entries, swapped)).toMatchObject({ lost: 0, swapped: 1 });
  });
});
