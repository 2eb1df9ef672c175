import { divertedId, problemsOf, SendMessage, SessionSnapshot } from '@heliograph/contracts';
import { describe, expect, it } from '@jest/globals';
import { failed, isoAt, receipt, received, sent, suppressed, uuidOf } from '../../test/fact-builders.ts';
import { foldAll } from '../../test/fold-all.ts';
import { diverted, divertedCommandOf } from '../../test/lifecycle-facts.ts';

const id = uuidOf('message a');

describe('a message that goes on by another channel (guide 001, edge case 2)', () => {
  it('is diverted for good, and its command is given once, as the fact says, under an id that follows from it', () => {
    const run = foldAll([diverted('a', 1)]);
    expect(run.commands).toMatchObject([{ type: 'message.send', data: divertedCommandOf('a') }]);
    expect(problemsOf(SendMessage, run.commands[0]!.data)).toEqual([]);
    expect(run.commands).toEqual(foldAll([diverted('a', 1)]).commands);
    expect(foldAll([diverted('a', 1), diverted('a', 1)])).toMatchObject({
      commands: run.commands,
      skipped: ['repeated-fact'],
    });
  });

  it('says in its status what it goes on as, and why', () => {
    const { state } = foldAll([diverted('a', 1)]);
    const { conversationId } = divertedCommandOf('a');
    expect(state?.messages).toEqual([
      {
        messageId: id,
        status: 'diverted',
        at: isoAt(1),
        reason: 'template-not-approved: template "order" (en_US) is REJECTED: POLICY_VIOLATION',
        divertedTo: { messageId: divertedId(id), conversationId, channel: 'sms' },
      },
    ]);
    expect(problemsOf(SessionSnapshot, state)).toEqual([]);
  });

  it('is on the timeline, with the command that it goes on as', () => {
    const { entries } = foldAll([diverted('a', 1)]);
    expect(entries.at(-1)).toMatchObject({
      kind: 'message.diverted',
      fact: { messageId: id, code: 'template-not-approved', command: { divertedFrom: id } },
    });
  });

  it('is diverted whether or not it was said to have failed as a dead letter', () => {
    for (const facts of [
      [failed('a', 1), diverted('a', 2)],
      [diverted('a', 1), failed('a', 2)],
    ]) {
      expect(foldAll(facts).state?.messages).toMatchObject([{ messageId: id, status: 'diverted' }]);
    }
  });
});

describe('the message that another one goes on as', () => {
  it('says which one it was sent in place of', () => {
    const from = { divertedFrom: uuidOf('message before') };
    const facts = [sent('a', 1, from), failed('a', 1, from), suppressed('a', 1, from)];
    expect(facts.map((fact) => foldAll([fact]).state)).toMatchObject([
      { messages: [{ status: 'sent', ...from }] },
      { messages: [{ status: 'failed', ...from }] },
      { messages: [{ status: 'suppressed', ...from }] },
    ]);
    expect(foldAll([sent('a', 1, from), receipt('a', 'read', 2)]).state?.messages).toMatchObject([
      { status: 'read', ...from },
    ]);
  });
});

describe('an agentless notification (guide 002, section 3)', () => {
  it('leaves the conversation where it is, until the customer writes in the one that it opened', () => {
    const notification = sent('note', 2, { providerConversationId: 'pc-9', agentless: true });
    const before = [received('hello', 1), notification];
    expect(foldAll(before).state?.providerConversationId).toBe('pc-1');
    expect(foldAll([notification]).state?.providerConversationId).toBeUndefined();
    const answer = received('answer', 3, { providerConversationId: 'pc-9' });
    expect(foldAll([...before, answer]).state?.providerConversationId).toBe('pc-9');
  });
});
