import type { TimelineEntry } from '@heliograph/contracts';
import type { Following } from '@heliograph/testing';
import type { Stack } from '../stack/stack-file.ts';
import { sendMessage } from '../stories/clients.ts';
import { readTimeline } from '../stories/timeline.ts';

const ANSWERS: [about: RegExp, answer: string][] = [
  [/order|parcel|delivery/i, 'Your order 1042 left our warehouse this morning and arrives tomorrow.'],
  [/thank/i, 'You are welcome. Have a good day!'],
];

/**
 * An example of what other teams build: it reads the timeline and answers through the API. The idempotency key is the id of
 * the fact it answers, so reading an entry twice answers once.
 *
 * @param since older messages are left alone
 */
export function startResponder(stack: Stack, group: string, since: Date): Promise<Following> {
  return readTimeline(stack, group, async (entry) => {
    const text = textOf(entry);
    if (text === undefined || new Date(entry.at) < since) return;
    const answer = ANSWERS.find(([about]) => about.test(text))?.[1] ?? 'Thank you, somebody will answer soon.';
    const message = { channel: entry.channel, to: `+${entry.contact}`, text: answer };
    await sendMessage(stack, message, `answer-${entry.factId}`);
  });
}

function textOf(entry: TimelineEntry): string | undefined {
  if (entry.kind !== 'message.received' || entry.channel !== 'whatsapp') return undefined;
  return (entry.fact.content as { text?: string } | undefined)?.text;
}
