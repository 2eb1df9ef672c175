import { EVENTS, type Parties } from '@heliograph/contracts';
import { parties, sendMessage } from '@heliograph/testing';
import { recordOf } from '../backlog/records.ts';
import type { TopicMessage } from '../bare/bare-producer.ts';
import { CHANNEL } from './accounts.ts';

const TEXT = 'Your parcel left our house this morning and should be with you tomorrow before noon.';

/** What a message of the benchmarks says: its conversation, its place in it, when it was accepted, and two sentences. */
export function textOf(conversation: number, sequence: number, acceptedAt: number): string {
  return `${conversation} ${sequence} ${acceptedAt} ${TEXT}`;
}

/** Commands to send a text, conversations and accounts in turn, as messaging-api writes them. */
export class CommandRecords {
  readonly #namespace: string;
  readonly #owners: readonly Parties[];
  readonly #sequences: number[];
  #made = 0;

  constructor(namespace: string, accounts: readonly string[], conversations: number) {
    this.#namespace = namespace;
    this.#owners = Array.from({ length: conversations }, (_, index) => {
      const account = accounts[index % accounts.length]!;
      return parties({ account, sender: account, channel: CHANNEL });
    });
    this.#sequences = this.#owners.map(() => 0);
  }

  get conversations(): number {
    return this.#owners.length;
  }

  take(count: number): TopicMessage[] {
    return Array.from({ length: count }, () => this.#next(this.#made++ % this.#owners.length));
  }

  #next(conversation: number): TopicMessage {
    const owner = this.#owners[conversation]!;
    const text = textOf(conversation, this.#sequences[conversation]!++, Date.now());
    const data = sendMessage({ ...owner, content: { type: 'text', text } });
    const { conversationId: key, account } = owner;
    return recordOf(this.#namespace, EVENTS.sendMessage, { id: data.messageId, key, data, account });
  }
}
