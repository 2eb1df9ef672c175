import {
  EVENTS,
  type AcceptParticipant,
  type CloseConversation,
  type ConversationCommand,
  type HandOff,
  type WrapUpParticipant,
} from '@heliograph/contracts';
import { done, type Delivery, type Outcome } from '@heliograph/kafka';
import { findSender, LONGEST_REQUEST_MS } from '../accounts/find-sender.ts';
import type { SendingAccounts } from '../accounts/sending-accounts.ts';
import { dispatcherMetrics } from '../metrics.ts';
import type { RouteStore } from '../routes/route.store.ts';
import type { Ended, Refusal, Waits } from '../sending/effect.ts';
import type { LedgeredCall } from '../sending/ledgered-call.ts';
import { expired } from '../sending/send-gates.ts';
import { memoOf } from '../sending/turn.ts';
import type { Closings } from './closings.ts';
import { settledOf, type CommandFacts, type Concluded } from './command-facts.ts';
import type { CommandEnd, CommandJob } from './command-job.ts';
import type { HandedTranscripts } from './handed-transcript.ts';
import type { HandOffs } from './hand-offs.ts';
import type { ParticipantCommands } from './participant-commands.ts';

const UNKNOWN = 'whether the provider did it is not known';
const LEFT_PENDING: Refusal = {
  code: 'left-pending',
  reason: 'the provider took the request and left the agent pending',
};

export interface LifecycleCommandsDeps {
  readonly accounts: SendingAccounts;
  readonly calls: LedgeredCall;
  readonly facts: CommandFacts;
  readonly routes: RouteStore;
  readonly transcripts: HandedTranscripts;
  readonly handOffs: HandOffs;
  readonly participants: ParticipantCommands;
  readonly closings: Closings;
}

interface Kind {
  readonly run: (job: CommandJob) => Promise<CommandEnd>;
  readonly tell: (concluded: Concluded) => Promise<void>;
}

/**
 * Executes commands about conversations: in the lane of their conversation, in order with its messages, once. Each request at
 * the provider is an effect with an entry in the ledger; the outcome of the command has the entry of its id.
 */
export class LifecycleCommands {
  private readonly kinds: Readonly<Record<string, Kind>>;

  constructor(private readonly deps: LifecycleCommandsDeps) {
    const { handOffs, participants, closings, facts } = deps;
    this.kinds = {
      [EVENTS.handOff.type]: {
        run: (job) => handOffs.handOff(job as CommandJob<HandOff>),
        tell: (concluded) => this.tellHandOff(concluded as Concluded<HandOff>),
      },
      [EVENTS.acceptParticipant.type]: {
        run: (job) => participants.accept(job as CommandJob<AcceptParticipant>),
        tell: (concluded) => facts.accepted(concluded as Concluded<AcceptParticipant>),
      },
      [EVENTS.wrapUpParticipant.type]: {
        run: (job) => participants.wrapUp(job as CommandJob<WrapUpParticipant>),
        tell: (concluded) => facts.wrappedUp(concluded as Concluded<WrapUpParticipant>),
      },
      [EVENTS.closeConversation.type]: {
        run: (job) => closings.close(job as CommandJob<CloseConversation>),
        tell: (concluded) => this.tellClosing(concluded as Concluded<CloseConversation>),
      },
    };
  }

  handles(type: string): boolean {
    return Object.hasOwn(this.kinds, type);
  }

  async execute(command: ConversationCommand, delivery: Delivery): Promise<Outcome> {
    const end = (await this.endedBefore(command, delivery)) ?? (await this.run(command, delivery));
    if (end.kind === 'wait') return end.outcome;
    await this.conclude({ command, delivery, end });
    return done;
  }

  /** A repeated command, or one whose outcome was not published before a crash, needs no token, budget or conversation. */
  private async endedBefore({ commandId }: ConversationCommand, delivery: Delivery): Promise<Ended | undefined> {
    const { looked } = memoOf(delivery);
    if (looked.has(commandId)) return undefined;
    const before = await this.deps.calls.endedBefore(delivery, commandId);
    if (!before) looked.add(commandId);
    return before;
  }

  private async run(command: ConversationCommand, delivery: Delivery): Promise<Ended | Waits> {
    const found = findSender(this.deps.accounts, command);
    if ('code' in found) return this.refuse(command, delivery, LONGEST_REQUEST_MS, found);
    const { requestTimeoutMs } = found.sending.account;
    const late = expired(command);
    if (late) return this.refuse(command, delivery, requestTimeoutMs, late);
    const end = await this.kinds[delivery.event.type]!.run({ ...found, command, delivery });
    return end.kind === 'refused' ? this.refuse(command, delivery, requestTimeoutMs, end.refusal) : end;
  }

  private refuse({ commandId }: ConversationCommand, delivery: Delivery, requestTimeoutMs: number, why: Refusal) {
    return this.deps.calls.refuseNow(delivery, requestTimeoutMs, commandId, why);
  }

  /** Publishes how the command ended. */
  private async conclude(concluded: Concluded): Promise<void> {
    const { facts } = this.deps;
    const { type } = concluded.delivery.event;
    const { ended, settled } = concluded.end;
    const { code = 'provider-refused', reason } = settled;
    const count = (outcome: string) =>
      dispatcherMetrics.commands.inc({ account: concluded.command.account, command: type, outcome });
    if (
      type === EVENTS.acceptParticipant.type &&
      ended.state === 'confirmed' &&
      settledOf(concluded).accepted === false
    ) {
      await facts.failed(concluded, LEFT_PENDING, ended.possiblyRepeated);
      count('failed');
    } else if (ended.state === 'confirmed') {
      await this.kinds[type]!.tell(concluded);
      count('done');
    } else if (ended.state === 'rejected' && !ended.possiblyRepeated) {
      await facts.failed(concluded, { code, reason: reason ?? 'the provider refused it' }, false);
      count('failed');
    } else {
      // A refused repetition says nothing of the attempt before it.
      const why = ended.state === 'rejected' ? `${UNKNOWN}; a later attempt was refused: ${reason}` : UNKNOWN;
      await facts.failed(concluded, { code: 'unresolved', reason: why }, true);
      count('unresolved');
    }
  }

  private async tellHandOff(concluded: Concluded<HandOff>): Promise<void> {
    const { command, delivery } = concluded;
    await this.deps.facts.handedOff(concluded, await this.deps.transcripts.of(command, delivery, settledOf(concluded)));
  }

  /** Nothing is sent into the conversation from here on, also when a crash had come before this was kept. */
  private async tellClosing(concluded: Concluded<CloseConversation>): Promise<void> {
    const { command, delivery } = concluded;
    const { providerConversationId } = settledOf(concluded);
    if (providerConversationId !== undefined) {
      await this.deps.routes.gone(delivery, command.conversationId, providerConversationId);
    }
    await this.deps.facts.closed(concluded);
  }
}
