import { readFileSync } from 'node:fs';
import {
  EVENTS,
  type CloudEvent,
  type EventContract,
  type MessageDiverted,
  type MessageSent,
} from '@heliograph/contracts';
import type { PublishedOutcome } from '@heliograph/redis';
import { describe, expect, it } from '@jest/globals';
import { collect } from './published-outcomes.ts';

const SAMPLES = '../../../../libs/contracts/src/outbound/samples';

function sample<T>(name: string): T {
  const text = readFileSync(new URL(`${SAMPLES}/${name}.json`, import.meta.url), 'utf8');
  return (JSON.parse(text) as { data: T }).data;
}

function outcomeOf<T extends object>({ type }: EventContract<T>, data: T): PublishedOutcome {
  const outcomes: PublishedOutcome[] = [];
  collect({ type, data } as unknown as CloudEvent, outcomes, new Map());
  return outcomes[0]!;
}

describe('what the ledger gets back after Redis was lost', () => {
  it('of a diverted message is the command that it goes on as: a repeat says the same', () => {
    const data = sample<MessageDiverted>('message-diverted.to-sms');
    const { entryId, state, possiblyRepeated, result } = outcomeOf(EVENTS.messageDiverted, data);
    expect([entryId, state, possiblyRepeated]).toEqual([data.messageId, 'rejected', false]);
    const { code, reason, at, command } = data;
    expect(JSON.parse(result)).toEqual({ at, code, reason, diverted: command });
  });

  it('of a template by name is what was sent, and what was made fit', () => {
    const data = sample<MessageSent>('message-sent.fallback');
    const { changed, content, sanitised } = data;
    expect(JSON.parse(outcomeOf(EVENTS.messageSent, data).result)).toMatchObject({ changed, content, sanitised });
    const { changed: _, ...unchanged } = data;
    expect(JSON.parse(outcomeOf(EVENTS.messageSent, unchanged).result)).toMatchObject({ content });
  });
});
