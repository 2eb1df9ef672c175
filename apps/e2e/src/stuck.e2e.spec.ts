import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { canonicalAddress, conversationId, TOPICS, type ConversationArchived } from '@heliograph/contracts';
import { randomNumber, readAll, System, TimelineReader, upTo, waitFor } from '@heliograph/testing';

const STEP = { timeoutMs: 60_000 };
const OF_EACH = 6;
const HEALTHY = 12;
/** Seconds; long enough to bring a conversation from one stage to the next in. */
const WITH_AGENT_S = 5;

/** The ways in which the provider leaves a conversation (guide 000, section 5: the trap, and its first edge case). */
const WAYS = ['pending', 'queued', 'active'] as const;
type Way = (typeof WAYS)[number] | 'healthy' | 'waiting';

interface Talk {
  way: Way;
  conversation: string;
  provider: string;
}

let system: System;
let timeline: TimelineReader;
const talks: Talk[] = [];

const minutes = (seconds: number): string => String(seconds / 60);

beforeAll(async () => {
  system = await System.start({
    name: 'stuck',
    settingsOf: {
      'session-state': {
        DEADLINE_ALERTING_MINUTES: minutes(1),
        DEADLINE_WITH_AGENT_MINUTES: minutes(WITH_AGENT_S),
        DEADLINE_WRAP_UP_MINUTES: minutes(1),
        DEADLINE_CLOSING_MINUTES: minutes(2),
        DEADLINE_SWEEP_MS: '100',
        DEADLINE_SETTLE_MS: '0',
      },
    },
  });
  timeline = await TimelineReader.start(system);
}, 120_000);

afterAll(async () => {
  await timeline?.close();
  await system?.stop();
}, 30_000);

/** So many customers write; what the provider tells of them is numbered. */
async function begin(way: Way, count: number): Promise<Talk[]> {
  const begun = await Promise.all(
    upTo(count).map(async () => {
      const customer = randomNumber();
      const conversation = conversationId('acme', 'whatsapp', 'support', canonicalAddress('whatsapp', customer) ?? '');
      const { conversationId: provider } = await system.simulator.customerWrites({ from: customer, text: 'Hello' });
      return { way, conversation, provider };
    }),
  );
  await untilAll(begun, 'the customer is known', (talk) => has(talk, 'message.received'));
  talks.push(...begun);
  return begun;
}

const kindsOf = ({ conversation }: Talk): string[] => timeline.of(conversation).map(({ kind }) => kind);
const has = (talk: Talk, kind: string): boolean => kindsOf(talk).includes(kind);
const of = (...ways: Way[]): Talk[] => talks.filter(({ way }) => ways.includes(way));
const untilAll = (some: readonly Talk[], description: string, condition: (talk: Talk) => boolean) =>
  waitFor(() => some.every(condition), { ...STEP, description });

const handOff = ({ conversation }: Talk) =>
  system.api.command(conversation, 'hand-off', { to: 'agent', agentId: 'agent-7' });

/** What was done about a conversation, by the timeline. */
const actionsOf = ({ conversation }: Talk): string[] =>
  timeline
    .of(conversation)
    .filter(({ kind }) => kind === 'session.stuck')
    .map(({ fact }) => `${String(fact.stage)}: ${String(fact.action)}`);

/** What was asked of the provider to change in its conversation, in order. */
async function changes(): Promise<(talk: Talk) => string[]> {
  const arrivals = (await system.simulator.arrivals()).filter(({ method }) => method !== 'GET');
  return ({ provider }) =>
    arrivals
      .filter(({ path }) => path.includes(provider))
      .map(({ method, path }) => `${method} ${path.split('/').at(-1)}`);
}

const statesAt = (some: readonly Talk[]): Promise<string[]> =>
  Promise.all(some.map(async ({ provider }) => (await system.simulator.conversation(provider)).status));

describe(`conversations that the provider leaves as they are, ${OF_EACH} in each way (guide 000, section 5)`, () => {
  it(
    'stand beside others that end by themselves, or wait',
    () =>
      system.watch(async () => {
        const { simulator, api } = system;
        await begin('waiting', HEALTHY);
        const healthy = await begin('healthy', HEALTHY);
        await Promise.all(healthy.map(({ provider }) => simulator.closeConversation(provider)));
        for (const way of WAYS) {
          const some = await begin(way, OF_EACH);
          await simulator.leaveStuck({ [way]: OF_EACH });
          await Promise.all(some.map(handOff));
          const wrapUp = { agentId: 'agent-7', code: 'resolved' };
          if (way === 'active')
            await Promise.all(some.map((talk) => api.command(talk.conversation, 'wrap-up', wrapUp)));
          const last = way === 'active' ? 'participant.wrapped-up' : 'conversation.handed-off';
          await untilAll(some, `${way}: ${last}`, (talk) => has(talk, last));
        }
        const handedOff = (talk: Talk) =>
          timeline.of(talk.conversation).find(({ kind }) => kind === 'conversation.handed-off');
        expect(of('pending').map((talk) => handedOff(talk)?.fact.accepted)).toEqual(of('pending').map(() => false));
        expect(of('queued', 'active').map((talk) => handedOff(talk)?.fact.accepted)).not.toContain(false);
      }),
    120_000,
  );

  it(
    'are set accepted again or closed by command, at the provider, too; nobody else is touched',
    () =>
      system.watch(async () => {
        const ended = of('healthy', ...WAYS);
        await untilAll(ended, 'all but those who wait are closed', (talk) => has(talk, 'session.closed'));
        const closed = (states: string[]) => states.every((state) => state === 'closed');
        const isClosed = async () => closed(await statesAt(ended));
        await waitFor(isClosed, { ...STEP, description: 'the provider has closed them' });
        expect(new Set(of('pending').map((talk) => actionsOf(talk)[0]))).toEqual(new Set(['alerting: re-assert']));
        const lastActions = (way: Way) => [...new Set(of(way).map((talk) => actionsOf(talk).at(-1)))];
        expect(WAYS.map(lastActions)).toEqual([['with-agent: close'], ['with-agent: close'], ['wrap-up: close']]);
        const asked = await changes();
        for (const talk of of(...WAYS)) expect(asked(talk).at(-1)).toBe('PUT wrapup');
        for (const talk of of('pending'))
          expect(asked(talk).filter((one) => one === 'POST participants').length).toBeGreaterThan(1);
        for (const talk of of('active'))
          expect(asked(talk).filter((one) => one === 'PUT wrapup').length).toBeGreaterThan(1);
        for (const talk of of('healthy', 'waiting')) expect([actionsOf(talk), asked(talk)]).toEqual([[], []]);
        expect(new Set(await statesAt(of('waiting')))).toEqual(new Set(['queued']));
        expect(of('waiting').filter((talk) => has(talk, 'session.closed'))).toEqual([]);
      }),
    120_000,
  );

  it(
    'are on the timeline without a gap, in the metric, and archived with what was done about them',
    () =>
      system.watch(async () => {
        expect(timeline.faults).toEqual({ gaps: [], numbersUsedTwice: [], factsTwice: [] });
        const stuck = timeline.ofKind('session.stuck').length;
        const metric = 'heliograph_sessions_stuck_total';
        expect(await system.replica('session-state').counter(metric)).toBeGreaterThanOrEqual(stuck);
        const archived = await waitFor(
          async () => {
            const records = await readAll(system.brokers, system.topic(TOPICS.conversationArchive));
            const archives = new Map(
              records.map(({ json }) => [(json as ConversationArchived).conversationId, json as ConversationArchived]),
            );
            return archives.size >= of('healthy', ...WAYS).length && archives;
          },
          { ...STEP, description: 'every session that ended is archived' },
        );
        for (const talk of of('healthy', ...WAYS)) {
          const entries = archived.get(talk.conversation)?.entries ?? [];
          expect(entries).toEqual(timeline.of(talk.conversation).slice(0, entries.length));
          expect(entries.filter(({ kind }) => kind === 'session.stuck')).toHaveLength(actionsOf(talk).length);
        }
        expect(of('waiting').filter(({ conversation }) => archived.has(conversation))).toEqual([]);
      }),
    120_000,
  );
});
