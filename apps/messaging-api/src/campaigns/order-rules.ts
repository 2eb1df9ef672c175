import type { CampaignAction } from '@heliograph/contracts';
import type { KnownCampaign } from './campaign-table.ts';

type Standing = Pick<KnownCampaign, 'state' | 'ending' | 'end'>;

/**
 * What becomes of an order: `give` it on, `done` already, or why it cannot be.
 *
 * start leads out of draft, pause from checking, running and halted to paused, resume back from paused and halted, cancel from
 * anywhere but the end.
 */
export function judgeOrder(action: CampaignAction, { state, ending, end }: Standing): 'give' | 'done' | { no: string } {
  if (action === 'cancel') {
    if ((ending ?? end) === 'cancelled') return 'done';
    return state === 'finished' ? no('is finished', 'it cannot be cancelled any more') : 'give';
  }
  if (state === 'finished') return no('is finished', 'recipients of it are not sent to again; create another one');
  if (ending) return no(`is ending (${ending})`, 'nothing of it is sent any more');
  return ACTIONS[action](state);
}

const ACTIONS: Record<
  Exclude<CampaignAction, 'cancel'>,
  (state: KnownCampaign['state']) => 'give' | 'done' | { no: string }
> = {
  start: (state) => {
    if (state === 'draft') return 'give';
    return state === 'checking' || state === 'running' ? 'done' : no(`is ${state}`, 'resume it');
  },
  pause: (state) => {
    if (state === 'draft') return no('is a draft', 'nothing of it is sent before it is started');
    return state === 'paused' ? 'done' : 'give';
  },
  resume: (state) => {
    if (state === 'draft') return no('is a draft', 'start it');
    return state === 'paused' || state === 'halted' ? 'give' : 'done';
  },
};

const no = (is: string, what: string): { no: string } => ({ no: `The campaign ${is}: ${what}` });

/** Whether an order has shown. */
export function hasShown(action: CampaignAction, { state, ending }: Standing): boolean {
  if (action === 'start') return state !== 'draft';
  if (action === 'pause') return state === 'paused';
  if (action === 'cancel') return ending !== undefined || state === 'finished';
  return state !== 'paused';
}
