import { randomUUID } from 'node:crypto';
import { EVENTS, type EventContract, type Parties } from '@heliograph/contracts';
import { messageReceived, messageSent, messageStatusReported, parties } from '@heliograph/testing';
import { recordOf } from '../backlog/records.ts';
import type { TopicMessage } from '../bare/bare-producer.ts';

const CONVERSATIONS = 2_000;

interface Open {
  readonly owner: Parties;
  providerMessageId: string;
}

/** A conversation's facts in turn: the customer wrote, our answer was sent, it was delivered, it was read. */
const STEPS: readonly ((open: Open) => [EventContract, Parties])[] = [
  ({ owner }) => [EVENTS.messageReceived, messageReceived(owner)],
  (open) => [EVENTS.messageSent, messageSent({ ...open.owner, providerMessageId: open.providerMessageId })],
  ({ owner, providerMessageId }) => [
    EVENTS.messageStatusReported,
    messageStatusReported({ ...owner, providerMessageId, status: 'delivered' }),
  ],
  ({ owner, providerMessageId }) => [
    EVENTS.messageStatusReported,
    messageStatusReported({ ...owner, providerMessageId, status: 'read' }),
  ],
];

/** Facts of conversations in turn, as dedup-router and outbound-dispatcher write them. */
export class FactRecords {
  readonly #namespace: string;
  readonly #open: readonly Open[] = Array.from({ length: CONVERSATIONS }, () => ({
    owner: parties(),
    providerMessageId: '',
  }));
  #made = 0;

  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  take(count: number): TopicMessage[] {
    return Array.from({ length: count }, () => this.#next(this.#made++));
  }

  #next(index: number): TopicMessage {
    const open = this.#open[index % CONVERSATIONS]!;
    const step = Math.floor(index / CONVERSATIONS) % STEPS.length;
    if (step === 0) open.providerMessageId = randomUUID();
    const [contract, data] = STEPS[step]!(open);
    const { conversationId: key, account } = open.owner;
    return recordOf(this.#namespace, contract, { id: randomUUID(), key, data, account });
  }
}
