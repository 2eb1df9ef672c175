import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { canonicalAddress, conversationId } from '@heliograph/contracts';
import { randomNumber, System, textOf, TimelineReader, upTo, waitFor } from '@heliograph/testing';

const STEP = { timeoutMs: 30_000 };
const HOUR_MS = 3_600_000;

let system: System;
let timeline: TimelineReader;

beforeAll(async () => {
  system = await System.start({ name: 'support' });
  timeline = await TimelineReader.start(system);
}, 120_000);

afterAll(async () => {
  await timeline?.close();
  await system?.stop();
}, 30_000);

/** A customer who has just written, with the ids of the conversation here and at the provider. */
async function begun(text: string) {
  const customer = randomNumber();
  const conversation = conversationId('acme', 'whatsapp', 'support', canonicalAddress('whatsapp', customer) ?? '');
  const { conversationId: provider } = await system.simulator.customerWrites({ from: customer, text });
  await until(conversation, 'message.received');
  return { customer, conversation, provider };
}
const kindsOf = (conversation: string) => timeline.of(conversation).map(({ kind }) => kind);
const until = (conversation: string, kind: string, times = 1) =>
  waitFor(() => kindsOf(conversation).filter((one) => one === kind).length >= times, {
    ...STEP,
    description: `${kind} is on the timeline ${times} times`,
  });
const send = (to: string, text: string, more: object = {}) =>
  system.api.send({ channel: 'whatsapp', sender: 'support', to, text, ...more });
async function done(conversation: string, path: string, request: object) {
  const { commandId } = await system.api.command(conversation, path, request);
  const isDone = async () => (await system.api.commandStatus(commandId)).status === 'done';
  await waitFor(isDone, { ...STEP, description: `${path} is done` });
  const outcome = () => timeline.of(conversation).find(({ fact }) => fact.commandId === commandId);
  return waitFor(outcome, { ...STEP, description: `the outcome of ${path} is read` });
}
/** What was asked of the provider about its conversation, in order. */
async function requestsAbout(provider: string) {
  const arrivals = await system.simulator.arrivals();
  return arrivals
    .filter(({ path }) => path.includes(provider))
    .map(({ method, path, status }) => `${method} ${path.split(provider)[1]} ${status}`);
}

describe('a support conversation (guide 000, section 5)', () => {
  it(
    'is handed off, accepted, wrapped up and closed, each once and in order with its messages',
    () =>
      system.watch(async () => {
        const { simulator } = system;
        const { customer, conversation, provider } = await begun('Where is my order?');
        await send(customer, 'I give you to somebody who knows.');
        const handedOff = await done(conversation, 'hand-off', { to: 'agent', agentId: 'agent-7', accepted: false });
        expect(handedOff).toMatchObject({
          kind: 'conversation.handed-off',
          fact: { assigneeKind: 'agent', assigneeId: 'agent-7', accepted: false, possiblyRepeated: false },
        });
        const { transcript } = handedOff.fact as { transcript: { by: string; text: string }[] };
        expect(transcript[0]).toMatchObject({ by: 'customer', text: 'Where is my order?' });
        expect((await simulator.conversation(provider)).status).toBe('queued');
        await done(conversation, 'accept', { agentId: 'agent-7' });
        expect((await simulator.conversation(provider)).status).toBe('active');
        await send(customer, 'It comes tomorrow.');
        const wrapped = await done(conversation, 'wrap-up', { agentId: 'agent-7', code: 'resolved' });
        expect(wrapped).toMatchObject({ kind: 'participant.wrapped-up', fact: { code: 'resolved' } });
        await until(conversation, 'session.closed');
        expect((await simulator.conversation(provider)).status).toBe('closed');
        expect(await requestsAbout(provider)).toEqual([
          'POST /messages 201',
          'GET /participants 200',
          'POST /participants 201',
          'GET /participants 200',
          'POST /participants 201',
          'POST /messages 201',
          'GET /participants 200',
          'PUT /participants/agent-7/wrapup 200',
        ]);
        const entries = timeline.of(conversation);
        expect(entries.map(({ sequence }) => sequence)).toEqual(upTo(entries.length));
        const told = entries.map(({ kind }) => kind).filter((kind) => /^(message\.sent|conv.*off|part)/.test(kind));
        expect(told).toEqual([
          'message.sent',
          'conversation.handed-off',
          'participant.accepted',
          'message.sent',
          'participant.wrapped-up',
        ]);
        expect(timeline.faults).toEqual({ gaps: [], numbersUsedTwice: [], factsTwice: [] });
      }),
    180_000,
  );

  it(
    'is ended by one command; what the customer writes then begins the next one',
    () =>
      system.watch(async () => {
        const { simulator, api } = system;
        const { customer, conversation, provider } = await begun('Hello');
        await done(conversation, 'hand-off', { to: 'agent', agentId: 'agent-1' });
        const closed = await done(conversation, 'close', { code: 'resolved', reason: 'all said' });
        expect(closed.fact).toMatchObject({ wrappedUp: ['agent-1'], code: 'resolved', reason: 'all said' });
        await until(conversation, 'session.closed');
        expect((await simulator.conversation(provider)).status).toBe('closed');
        const next = await simulator.customerWrites({ from: customer, text: 'One more thing' });
        expect(next.conversationId).not.toBe(provider);
        await waitFor(async () => (await api.conversation(conversation)).session === 2, {
          ...STEP,
          description: 'the next session has begun',
        });
        await send(customer, 'Tell me.');
        await until(conversation, 'message.sent');
        const [arrival] = await simulator.arrivalsOf('Tell me.');
        expect(arrival).toMatchObject({ accepted: true, conversationId: next.conversationId });
      }),
    180_000,
  );

  it(
    'given to a queue goes on in the next conversation of the provider; the one before ends with its agents, the session does not',
    () =>
      system.watch(async () => {
        const { simulator, api } = system;
        const { customer, conversation, provider } = await begun('Hello');
        await done(conversation, 'hand-off', { to: 'agent', agentId: 'agent-1' });
        const { fact } = await done(conversation, 'hand-off', { to: 'queue', priority: 9 });
        const next = fact.providerConversationId as string;
        expect(next).not.toBe(provider);
        expect((await simulator.conversation(provider)).status).toBe('closed');
        const isTold = () =>
          timeline.of(conversation).some(({ fact: { state, ...of } }) => {
            return state === 'closed' && of.providerConversationId === provider;
          });
        await waitFor(isTold, { ...STEP, description: 'the end of the one before is told' });
        expect(await api.conversation(conversation)).toMatchObject({ state: 'open', session: 1 });
        await send(customer, 'Somebody comes soon.');
        await until(conversation, 'message.sent');
        expect(await simulator.arrivalsOf('Somebody comes soon.')).toMatchObject([{ conversationId: next }]);
        expect(await simulator.customerWrites({ from: customer, text: 'Fine' })).toMatchObject({
          conversationId: next,
        });
      }),
    120_000,
  );

  it(
    'given to an agent whom the provider does not have any more: the command fails with that reason, and the lane goes on',
    () =>
      system.watch(async () => {
        const { simulator, api } = system;
        const { customer, conversation } = await begun('Hello');
        await simulator.changeRouting({ kind: 'user', id: 'agent-gone', state: 'removed' });
        const { commandId } = await api.command(conversation, 'hand-off', { to: 'agent', agentId: 'agent-gone' });
        await waitFor(async () => (await api.commandStatus(commandId)).status === 'failed', {
          ...STEP,
          description: 'the hand-off has failed',
        });
        const { code, reason } = await api.commandStatus(commandId);
        expect([code, reason]).toEqual(['not-found', expect.stringContaining('the provider has no user "agent-gone"')]);
        await send(customer, 'Still here.');
        await until(conversation, 'message.sent');
      }),
    120_000,
  );
});

describe('a window that has closed (guide 000, section 4)', () => {
  it(
    'holds an answer, asks the customer to write with an approved template, and sends the answer when they do',
    () =>
      system.watch(async () => {
        const { simulator } = system;
        await simulator.setClock(-30 * HOUR_MS);
        const { customer, conversation } = await begun('Yesterday I asked');
        await simulator.setClock(0);
        const windowTemplate = { name: 'order_update', language: 'en_US', parameters: [customer, 'soon'] };
        await send(customer, 'Here is your answer.', { ifWindowClosed: 'hold', windowTemplate });
        await until(conversation, 'message.held');
        expect(await simulator.arrivalsOf('Here is your answer.')).toEqual([]);
        expect(await simulator.arrivalsOf(`${customer} | soon`)).toMatchObject([{ accepted: true }]);
        await simulator.customerWrites({ from: customer, text: 'Yes?' });
        await waitFor(() => timeline.of(conversation).map(textOf).includes('Here is your answer.'), {
          ...STEP,
          description: 'the answer is sent',
        });
        expect(await simulator.arrivalsOf('Here is your answer.')).toMatchObject([{ accepted: true }]);
      }),
    120_000,
  );
});
