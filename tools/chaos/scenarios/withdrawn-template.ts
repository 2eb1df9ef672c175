import {
  TimelineReader,
  accountForMessages,
  inParallel,
  ORDER_TEMPLATES,
  SENDS,
  upTo,
  waitFor,
  type MessageEnds,
  type ToldEvent,
  type WaitingMessage,
} from '@heliograph/testing';
import type { Part } from '../judge/evidence.ts';
import { named } from '../judge/evidence.ts';
import type { Trial } from '../run/trial.ts';
import { rejected } from './rejection.ts';
import type { Scenario } from './scenario.ts';

const CUSTOMERS = 500;
const EACH = 20;
const WIDTH = 32;
/** Long enough for every message to be accepted while none goes out. */
const PAUSE_S = 60;
/** From the answer of ingress to a rejection until the last request with the template may arrive. */
const PROMISED_MS = 1_000;
const WAIT = { timeoutMs: 10 * 60_000, intervalMs: 200 };
const [FIRST, SECOND] = ['order_shipped', 'order_shipped_short'] as const;
const parts = new WeakMap<Trial, Part>();

async function applied({ system }: Trial): Promise<void> {
  await system.simulator.changeSettings({ review: { afterMs: 100 } });
  await system.registry.apply(ORDER_TEMPLATES);
  const areSendable = async () => (await system.registry.template(FIRST)).sends[0]?.sends === FIRST;
  await waitFor(areSendable, { ...WAIT, description: 'the template may be sent' });
}

/** Two templates are withdrawn one after the other while messages with the first one wait for the budget. */
async function withdraw(trial: Trial): Promise<void> {
  const { system, inFlight } = trial;
  const timeline = await TimelineReader.start(system);
  try {
    const waiting = await messagesThatWait(trial);
    const goesOut = (name: string, count: number) =>
      waitFor(async () => (await sentWith(trial, name)) >= count, { ...WAIT, description: `${name} goes out` });
    await goesOut(FIRST, waiting.length / 50);
    const first = await trial.strike(`${FIRST} is rejected`, () => rejected(trial, FIRST));
    await goesOut(SECOND, waiting.length / 3);
    const second = await trial.strike(`${SECOND} is rejected, too`, () => rejected(trial, SECOND));
    const ends = await accountForMessages(timeline, waiting, WAIT.timeoutMs);
    for (const { messageId } of waiting) inFlight.end(messageId);
    parts.set(trial, await tallyOf(trial, waiting, ends, [first, second]));
  } finally {
    await timeline.close();
  }
}

/** All of them accepted while the provider has said that it takes nothing. */
async function messagesThatWait(trial: Trial): Promise<WaitingMessage[]> {
  const { system, inFlight } = trial;
  const contacts = await customers(trial);
  await system.simulator.setFault({ kind: 'throttle', count: 1, retryAfterS: PAUSE_S, match: { path: SENDS } });
  const waiting: WaitingMessage[] = [];
  const each = trial.short ? EACH / 4 : EACH;
  await inParallel(contacts, WIDTH, async (to) => {
    for (const number of upTo(each)) {
      const order = `WAITING-${to.slice(1)}-${number}`;
      const template = { name: FIRST, language: 'en_US', variables: { order } };
      const { messageId } = await system.api.send({ channel: 'whatsapp', sender: 'support', to, template });
      inFlight.accept(messageId);
      waiting.push({ messageId, order });
    }
  });
  return waiting;
}

/** They have written, so that they may be written to. */
async function customers({ system, numbers, inFlight }: Trial): Promise<string[]> {
  const contacts = upTo(CUSTOMERS).map(() => numbers.next());
  const ids: string[] = [];
  await inParallel(contacts, WIDTH, async (from) => {
    const { messageId } = await system.simulator.customerWrites({ from, text: 'Hello' });
    inFlight.accept(messageId);
    ids.push(messageId);
  });
  await waitFor(() => ids.every((id) => inFlight.hasEnded(id)), { ...WAIT, description: 'customers are known' });
  return contacts;
}

const sentWith = async ({ witnesses }: Trial, name: string): Promise<number> =>
  (await witnesses.arrivals()).filter(({ template, accepted }) => template === name && accepted).length;

async function tallyOf(
  trial: Trial,
  waiting: readonly WaitingMessage[],
  { unaccounted, ...ends }: MessageEnds,
  rejections: readonly ToldEvent[],
): Promise<Part> {
  const arrivals = await trial.witnesses.arrivals();
  const times = Map.groupBy(
    arrivals.filter(({ accepted }) => accepted),
    ({ text }) => /WAITING-\d+-\d+/.exec(text ?? '')?.[0],
  );
  const taken = ({ order }: WaitingMessage): number => times.get(order)?.length ?? 0;
  const repeated = waiting.filter((one) => taken(one) > 1);
  const missing = waiting.filter((one) => taken(one) === 0).length - ends.failed;
  const late = rejections.flatMap(({ template, acknowledgedAt = 0 }) => {
    const after = arrivals.filter((one) => one.template === template && one.at > acknowledgedAt);
    const last = Math.round((after.at(-1)?.at ?? acknowledgedAt) - acknowledgedAt);
    trial.say(`${template}: ${after.length} arrived after its rejection was acknowledged, the last ${last} ms after`);
    return after.filter(({ at }) => at > acknowledgedAt + PROMISED_MS);
  });
  trial.say(`${waiting.length} waited: ${JSON.stringify(ends)}; ${late.length} arrived later than ${PROMISED_MS} ms`);
  return {
    in: waiting.length,
    done: ends.sent + ends.fallback + ends.sms,
    skipped: ends.failed,
    lost: Math.max(unaccounted.length, missing),
    repeatedSilent: repeated.length,
    swapped: late.length,
    findings: [
      ...named('without one end', unaccounted),
      ...named(
        'repeated',
        repeated.map(({ order }) => order),
      ),
      ...named(
        'behind the rejection',
        late.map(({ seq, template }) => `request ${seq} with ${template}`),
      ),
    ],
  };
}

export const WITHDRAWN_TEMPLATE: Scenario = {
  name: 'template-withdrawn',
  does: 'a template is rejected while 10,000 of its messages wait for the budget, and the first fallback after it',
  needs: { limit: { requests: 250, perSeconds: 1 } },
  load: { conversations: 40, mostInFlight: 0 },
  prepare: applied,
  attack: withdraw,
  alsoJudge: (trial) => Promise.resolve(parts.get(trial) ?? {}),
};
