import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  commandId,
  ERASED,
  partiesOf,
  type ConversationCommand,
  type EventContract,
  type Parties,
} from '@heliograph/contracts';
import { ApiError } from '@heliograph/http-api';
import { newEvent } from '@heliograph/kafka';
import { Sessions } from '../conversations/sessions.ts';
import { AcceptanceStore } from '../messages/acceptance.store.ts';
import { AcceptedCommands, SOURCE } from '../messages/accepted-commands.ts';
import { metrics } from '../metrics.ts';
import type { AcceptedCommandResponse } from './command.response.ts';

/** What a command says beyond whom it is about. */
export type CommandWish<T extends ConversationCommand> = Omit<T, keyof Parties | 'commandId' | 'acceptedAt'>;

/** Accepts commands about conversations: first use of the key in Redis, then the command on Kafka, then the answer. */
@Injectable()
export class CommandsService {
  constructor(
    private readonly sessions: Sessions,
    private readonly acceptances: AcceptanceStore,
    private readonly accepted: AcceptedCommands,
  ) {}

  /**
   * A repetition publishes the command again, with the same id and content: the first attempt may have failed between the
   * two writes, and the send ledger drops what it has seen.
   *
   * @throws ApiError 400 when it has expired, 404 for a conversation that the tenant does not have, 422 when the key was used
   * for another command
   * @throws Unavailable when Redis or Kafka cannot be reached; a repetition with the same key is safe
   */
  async give<T extends ConversationCommand>(
    contract: EventContract<T>,
    { tenant, key, conversationId }: { tenant: string; key: string; conversationId: string },
    wish: CommandWish<T>,
  ): Promise<AcceptedCommandResponse> {
    const session = await this.sessions.find(tenant, conversationId);
    if (!session || session.contact === ERASED) throw new ApiError(404, 'There is no conversation with this id');
    const id = commandId(tenant, key);
    const given = {
      ...wish,
      ...(wish.expiresAt !== undefined && { expiresAt: new Date(wish.expiresAt).toISOString() }),
    };
    if (given.expiresAt !== undefined) await this.accepted.refuseExpired(id, given.expiresAt);
    const hash = hashOf([contract.type, conversationId, given]);
    const noted = { tenant, conversationId, hash, acceptedAt: new Date().toISOString() };
    const { first, acceptance } = await this.acceptances.accept(id, noted);
    const { acceptedAt } = acceptance;
    if (acceptance.hash !== hash) throw reused(id, acceptedAt);
    const data = { ...partiesOf(session), commandId: id, acceptedAt, ...given };
    const parts = { id, key: conversationId, subject: id, source: SOURCE, tenant, time: acceptedAt, data };
    await this.accepted.publish([{ contract, event: newEvent(contract, parts) }]);
    metrics.commands.inc({ command: contract.type, repeated: String(!first) });
    await this.accepted.confirm([id], { commandId: id });
    return { commandId: id, conversationId, status: 'queued' };
  }
}

/** The same for the same values, in whatever order their fields were written. */
function hashOf(value: unknown): string {
  const sorted = JSON.stringify(value, (_key, one: unknown) => {
    if (typeof one !== 'object' || one === null || Array.isArray(one)) return one;
    return Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
  return createHash('sha256').update(sorted).digest('hex');
}

function reused(id: string, at: string): ApiError {
  const reason = `was first used at ${at} for another command, with the id ${id}`;
  return new ApiError(422, `Idempotency-Key ${reason}`, [{ field: 'Idempotency-Key', reason }]);
}
