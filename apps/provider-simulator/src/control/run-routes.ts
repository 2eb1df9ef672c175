import { object, optional, text } from '../check/check.ts';
import { Refusal } from '../exchange/refusal.ts';
import type { World } from '../world/world.ts';
import type { ControlCall, ControlRoute } from './control-call.ts';
import { counters } from './evidence-routes.ts';

const digits = optional(text({ pattern: /^\d{1,12}$/, like: 'a whole number' }));

const waitQuery = object({
  /** Counts of this account; of all together when missing. */
  account: optional(text()),
  acknowledged: digits,
  messages: digits,
  requests: digits,
  activities: digits,
  /** At most so many deliveries not yet ended. */
  pending: digits,
  timeoutMs: digits,
});

export const runRoutes: ControlRoute[] = [
  { method: 'GET', path: '/wait', handle: wait },
  {
    method: 'POST',
    path: '/reset',
    handle: ({ stage }) => {
      stage.reset();
      return { reset: true };
    },
  },
];

/** Answers once everything asked for is reached; 504 with the counters' names when time runs out. */
async function wait({ world, incoming }: ControlCall): Promise<object> {
  const { account, timeoutMs = '30000', ...wanted } = waitQuery(incoming.query, '');
  const missing = () => unmet(world, account, wanted);
  const reached = await world.waiters.until(() => missing().length === 0, Number(timeoutMs));
  if (!reached) throw new Refusal(504, 'not.reached', `not reached in ${timeoutMs} ms: ${missing().join(', ')}`);
  return { reached, ...counters(world) };
}

type Wanted = Omit<ReturnType<typeof waitQuery>, 'account' | 'timeoutMs'>;

function unmet(world: World, account: string | undefined, wanted: Wanted): string[] {
  const ids = account === undefined ? [...world.accounts.keys()] : [account];
  const events = (name: 'acknowledged' | 'pending') => sum(ids.map((id) => world.events.counters(id)[name]));
  const requests = (name: 'messages' | 'requests') => sum(ids.map((id) => world.requests.counters(id)[name]));
  const checks: [string, string | undefined, () => boolean][] = [
    ['acknowledged', wanted.acknowledged, () => events('acknowledged') >= Number(wanted.acknowledged)],
    ['messages', wanted.messages, () => requests('messages') >= Number(wanted.messages)],
    ['requests', wanted.requests, () => requests('requests') >= Number(wanted.requests)],
    ['activities', wanted.activities, () => world.crm.activities.size >= Number(wanted.activities)],
    ['pending', wanted.pending, () => events('pending') <= Number(wanted.pending)],
  ];
  return checks.filter(([, asked, met]) => asked !== undefined && !met()).map(([name]) => name);
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
