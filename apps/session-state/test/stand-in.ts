import {
  EVENTS,
  factId,
  TOPICS,
  type CloseConversation,
  type Parties,
  type TimelineEntry,
} from '@heliograph/contracts';
import { connectKafka, EventPublisher, newEvent, type OutgoingEvent } from '@heliograph/kafka';
import { followTopic, testKafkaBrokers, waitFor, type Following, type ReadRecord } from '@heliograph/testing';
import { contractOf } from './contract-of.ts';
import type { Fact } from '../src/fold/facts.ts';

export interface Given {
  readonly type: string;
  readonly id: string;
  readonly data: Parties & Record<string, unknown>;
}

/** What stands in for the dispatcher, and reads what session-state writes; in virtual time. */
export class StandIn {
  readonly commands = new Map<string, Given>();
  readonly timeline: TimelineEntry[] = [];
  readonly publisher: EventPublisher;
  private readers: Following[] = [];

  /**
   * @param clock milliseconds
   * @param answers whether a command has the effect it asks for
   */
  constructor(
    private readonly namespace: string,
    partitions: number,
    private readonly clock: () => number,
    private readonly answers: (command: Given) => boolean,
  ) {
    const kafka = { brokers: testKafkaBrokers(), clientId: 'stand-in', namespace, conversationPartitions: partitions };
    this.publisher = new EventPublisher(connectKafka(kafka));
  }

  async open(): Promise<void> {
    const { conversationCommand, conversationTimeline } = TOPICS;
    this.readers = await Promise.all([
      this.follow(conversationCommand.name, (record) => this.carryOut(record)),
      this.follow(conversationTimeline.name, ({ json }) => void this.timeline.push(json as TimelineEntry)),
    ]);
  }

  async close(): Promise<void> {
    await Promise.all(this.readers.map((reader) => reader.close()));
    await this.publisher.close();
  }

  async publish(facts: readonly Fact[]): Promise<void> {
    await this.publisher.publish(facts.map((event): OutgoingEvent => ({ contract: contractOf(event), event })));
  }

  /** Entries as a reader takes them that drops every sequence not above the last one of its conversation. */
  entries(kind: string): TimelineEntry[] {
    const last = new Map<string, number>();
    return this.timeline.filter((entry) => {
      if (entry.sequence <= (last.get(entry.conversationId) ?? 0)) return false;
      last.set(entry.conversationId, entry.sequence);
      return entry.kind === kind;
    });
  }

  given(type: string): number {
    return [...this.commands.values()].filter((command) => command.type === type).length;
  }

  async until(description: string, condition: () => boolean): Promise<void> {
    await waitFor(condition, { description, timeoutMs: 60_000, intervalMs: 100 });
  }

  private follow(topic: string, onRecord: (record: ReadRecord) => void | Promise<void>): Promise<Following> {
    const group = `${this.namespace}stand-in.${topic}`;
    return followTopic({ brokers: testKafkaBrokers(), topic: this.namespace + topic, group, onRecord });
  }

  private async carryOut({ headers, json }: ReadRecord): Promise<void> {
    const id = headers.ce_id!;
    const command = { type: headers.ce_type!, id, data: json as Given['data'] };
    if (this.commands.has(id)) return;
    this.commands.set(id, command);
    if (this.answers(command)) await this.publisher.publish([this.outcomeOf(command)]);
  }

  private outcomeOf({ type, id, data }: Given): OutgoingEvent {
    const { conversationId, tenant, account, channel, sender, contact } = data;
    const parties = { conversationId, tenant, account, channel, sender, contact };
    const at = new Date(this.clock()).toISOString();
    const base = { ...parties, commandId: id, possiblyRepeated: false, at };
    const { code, agentId, messageId } = data as unknown as CloseConversation & { agentId: string; messageId: string };
    const [contract, outcome] =
      type === 'participant.accept'
        ? [EVENTS.participantAccepted, { ...base, agentId }]
        : type === 'conversation.close'
          ? [EVENTS.conversationClosed, { ...base, wrappedUp: [], code }]
          : [EVENTS.messageFailed, { ...base, messageId, code: 'expired', reason: 'it has expired' }];
    const source = '/heliograph/stand-in';
    return {
      contract,
      event: newEvent(contract, { id: factId(id), key: conversationId, data: outcome, tenant, source }),
    };
  }
}
