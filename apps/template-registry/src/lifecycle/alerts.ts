import { isSendable, type TemplateAlert, type TemplateState } from '@heliograph/contracts';
import { stepsOf } from './next-state.ts';

export type AlertKind = TemplateAlert['what'];

/** What people should know of a change of state, before it is known what takes over. */
export interface Alarm {
  readonly what: AlertKind;
  readonly reason: string;
}

/** Best first; a word that is not here says nothing about better or worse. */
const QUALITIES = ['GREEN', 'YELLOW', 'RED'];

/**
 * What a change of state is to be reported as (guide 001, edge case 2: rejected after approval; section 1: a category that the
 * provider sees otherwise).
 *
 * @param wanted category of the definition, what a first reading is compared with
 */
export function alarmsOf(before: TemplateState | undefined, next: TemplateState, wanted?: string): Alarm[] {
  const alarms: Alarm[] = [];
  const why = next.rejectionReason === undefined ? '' : `: ${next.rejectionReason}`;
  const was = before?.status;
  if (was !== undefined && isSendable(was) && !isSendable(next.status)) {
    alarms.push({ what: 'withdrawn', reason: `was ${was}, is ${next.status}${why}` });
  }
  if (was !== undefined && !isSendable(was) && isSendable(next.status) && wasSendable(before!)) {
    alarms.push({ what: 'restored', reason: `was ${was}, is ${next.status} again` });
  }
  if (fell(before?.quality, next.quality)) {
    alarms.push({ what: 'quality-fell', reason: `quality was ${before?.quality}, is ${next.quality}` });
  }
  const category = before?.category ?? wanted;
  if (category !== undefined && next.category !== undefined && next.category !== category) {
    alarms.push({ what: 'category-changed', reason: `category was ${category}, is ${next.category}` });
  }
  return alarms;
}

const wasSendable = (before: TemplateState): boolean => stepsOf(before).some(({ status }) => isSendable(status));

function fell(before: string | undefined, now: string | undefined): boolean {
  if (before === undefined || now === undefined) return false;
  const [from, to] = [QUALITIES.indexOf(before), QUALITIES.indexOf(now)];
  return from >= 0 && to > from;
}
