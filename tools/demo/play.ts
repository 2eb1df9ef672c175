import { conversationId, canonicalAddress, type TimelineEntry } from '@heliograph/contracts';
import { randomNumber, waitFor, type Say } from '@heliograph/testing';
import type { Stack } from '../stack/stack-file.ts';
import { crmActivities, SimulatedCustomer } from './clients.ts';
import { startResponder } from './responder.ts';
import { describeEntry, readTimeline } from './timeline.ts';

const STEP_TIMEOUT_MS = 20_000;

/** A customer writes, the responder answers, receipts come back, the CRM shows it; printed as the timeline grows. */
export async function playDemo(stack: Stack, say: Say, signal: AbortSignal): Promise<void> {
  const customer = new SimulatedCustomer(stack, randomNumber());
  const contact = canonicalAddress('whatsapp', customer.number) ?? '';
  const conversation = conversationId(stack.accounts[0]?.tenant ?? '', 'whatsapp', 'support', contact);
  const entries: TimelineEntry[] = [];
  const show = (entry: TimelineEntry): void => {
    if (entry.conversationId !== conversation) return;
    entries.push(entry);
    say(`  ${String(entry.sequence).padStart(2)}  ${describeEntry(entry)}`);
  };
  const reads = (count: number): boolean =>
    entries.filter(({ kind, fact }) => kind === 'message.status-reported' && fact.status === 'read').length >= count;
  const wait = (description: string, condition: () => boolean | Promise<boolean>): Promise<true> =>
    waitFor(condition, {
      description,
      timeoutMs: STEP_TIMEOUT_MS,
      giveUp: () => (signal.aborted ? new Error('interrupted') : undefined),
    });

  say(`\nA conversation, as ${stack.namespace}conversation.timeline.v1 shows it (${conversation}):`);
  const group = `demo-${stack.pid}`;
  const readers = await Promise.all([
    readTimeline(stack, `${group}-printer`, show),
    startResponder(stack, `${group}-responder`, new Date()),
  ]);
  try {
    await customer.write('Hello, where is my order?');
    await wait('the customer has read the answer', () => reads(1));
    await customer.write('Great, thank you!');
    await wait('the customer has read the second answer', () => reads(2));
    await wait('the CRM has an activity for every entry', async () => {
      return (await crmActivities(stack, conversation)).length >= entries.length;
    });
    const activities = await crmActivities(stack, conversation);
    say(`The CRM shows ${activities.length} activities for ${entries.length} entries of the timeline.`);
  } finally {
    await Promise.all(readers.map((reader) => reader.close()));
  }
}
