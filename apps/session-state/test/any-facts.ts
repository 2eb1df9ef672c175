import fc from 'fast-check';
import { campaignHeld, campaignSent } from './campaign-facts.ts';
import {
  assigned,
  changed,
  consentReported,
  failed,
  isoAt,
  receipt,
  received,
  sent,
  suppressed,
  unresolved,
  uuidOf,
} from './fact-builders.ts';
import {
  accepted,
  assignedTo,
  closedByCommand,
  commandFailed,
  deadlinePassed,
  diverted,
  handedOff,
  held,
  wrappedUp,
} from './lifecycle-facts.ts';
import type { Fact } from '../src/fold/facts.ts';

const CHOICES = [
  { label: 'Billing', value: 'billing_inquiry' },
  { label: 'Last agent', value: 'agent:last' },
];
const numbered = { type: 'text' as const, text: '1. Billing 2. Last agent', numbered: CHOICES };
const STAGES = ['opened', 'queued', 'alerting', 'with-agent', 'wrap-up'] as const;

/** Mostly of a stage that the conversation is not in any more. */
const aDeadline = (name: string, hours: number): Fact =>
  deadlinePassed({ deadline: 'stage', stage: STAGES[hours % 5]!, since: isoAt(hours), at: isoAt(hours + 75) }, name);
const aHoldDeadline = (name: string, hours: number): Fact =>
  deadlinePassed({ deadline: 'hold', messageId: uuidOf(`message ${name}`), at: isoAt(hours) }, name);

const aFact: fc.Arbitrary<Fact> = fc
  .record({
    make: fc.constantFrom(
      (name: string, hours: number) => received(name, hours),
      (name: string, hours: number) => sent(name, hours),
      (name: string, hours: number) => failed(name, hours),
      (name: string, hours: number) => unresolved(name, hours),
      (name: string, hours: number) => suppressed(name, hours),
      (name: string, hours: number) => consentReported(name, hours),
      (name: string, hours: number) => received(`stop ${name}`, hours, { content: { type: 'text', text: 'Stop!' } }),
      (name: string, hours: number) => received(`yes ${name}`, hours, { content: { type: 'text', text: 'yes' } }),
      (name: string, hours: number) => assigned(name, hours),
      (name: string, hours: number) => changed(`${name} closed`, 'closed', hours),
      (name: string, hours: number) => changed(`${name} active`, 'active', hours, 'pc-2'),
      (name: string, hours: number) => sent(name, hours, { content: numbered }),
      (name: string, hours: number) => received(`1 ${name}`, hours, { content: { type: 'text', text: '1' } }),
      (name: string, hours: number) => received(`2 ${name}`, hours, { content: { type: 'text', text: '2' } }),
      (name: string, hours: number) => changed(`${name} queued`, 'queued', hours),
      (name: string, hours: number) => changed(`${name} live`, 'active', hours),
      (name: string, hours: number) => assignedTo('queue', name, hours),
      (name: string, hours: number) => assignedTo('bot', name, hours),
      (name: string, hours: number) => handedOff(`agent-${name}`, hours),
      (name: string, hours: number) => handedOff(`agent-${name}`, hours, { accepted: false }),
      (name: string, hours: number) => accepted(`agent-${name}`, hours),
      (name: string, hours: number) => accepted('agent-7', hours),
      (name: string, hours: number) => wrappedUp(`agent-${name}`, hours),
      (name: string, hours: number) => wrappedUp('agent-7', hours),
      (name: string, hours: number) => closedByCommand(hours, { reason: name }),
      (name: string, hours: number) => commandFailed(hours, { reason: name }),
      (name: string, hours: number) => held(name, hours),
      (name: string, hours: number) => held(name, hours, { cause: 'quiet-hours', resumeAt: isoAt(hours + 9) }),
      (name: string, hours: number) => campaignSent(name, hours),
      (name: string, hours: number) => campaignHeld(name, hours),
      (name: string, hours: number) => diverted(name, hours),
      aDeadline,
      aHoldDeadline,
      (name: string, hours: number) => receipt(name, 'delivered', hours),
      (name: string, hours: number) => receipt(name, 'failed', hours),
      (name: string, hours: number) => receipt(name, 'read', hours),
    ),
    name: fc.constantFrom('a', 'b', 'c', 'd'),
    hours: fc.integer({ min: 0, max: 150 }),
  })
  .map(({ make, name, hours }) => make(`${name}${hours % 5}`, hours));

/** Up to 40 facts of one conversation, in any order, with repeats. */
export const someFacts = fc.array(aFact, { maxLength: 40 });
