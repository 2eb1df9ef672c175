import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  commandId,
  consentKey,
  ERASED,
  EVENTS,
  factId,
  type ConsentChange,
  type ContactErased,
  type Parties,
} from '@heliograph/contracts';
import { consentEventId, Subjects } from '@heliograph/consent';
import { ApiError, badRequest } from '@heliograph/http-api';
import { newEvent, type OutgoingEvent } from '@heliograph/kafka';
import type { AddressedContact } from '../consent/consent.service.ts';
import { AcceptanceStore } from '../messages/acceptance.store.ts';
import { AcceptedCommands, SOURCE } from '../messages/accepted-commands.ts';
import { Senders } from '../messages/senders.ts';
import { metrics } from '../metrics.ts';
import { conversationsOf } from './contact-conversations.ts';
import type { AcceptedErasureResponse } from './erasure.response.ts';

interface Asked {
  readonly key: string;
  /** Name of the API key. */
  readonly by: string;
  readonly evidence: string;
}

/** Accepts that a contact is erased: first use of the key in Redis, then the records on Kafka, then the answer. */
@Injectable()
export class ErasureService {
  constructor(
    private readonly senders: Senders,
    private readonly subjects: Subjects,
    private readonly acceptances: AcceptanceStore,
    private readonly accepted: AcceptedCommands,
  ) {}

  /**
   * A repetition publishes the same records again, which change nothing once more.
   *
   * @throws ApiError 400 when the tenant has no sender that the contact could have a conversation with, 422 when the key was used
   * for something else
   * @throws Unavailable when Redis or Kafka cannot be reached; a repetition with the same key is safe
   */
  async erase(contact: AddressedContact, { key, by, evidence }: Asked): Promise<AcceptedErasureResponse> {
    const { tenant, channel } = contact;
    const conversations = conversationsOf(contact, this.senders);
    if (conversations.length === 0) throw badRequest([{ field: 'channel', reason: 'has no sender of yours' }]);
    const subject = this.subjects.of(contact);
    const erasureId = commandId(tenant, key);
    const hash = createHash('sha256')
      .update(JSON.stringify(['contact.erase', subject, evidence]))
      .digest('hex');
    const { conversationId } = conversations[0]!;
    const wanted = { tenant, conversationId, hash, acceptedAt: new Date().toISOString() };
    const { first, acceptance } = await this.acceptances.accept(erasureId, wanted);
    const { acceptedAt: at } = acceptance;
    if (acceptance.hash !== hash) throw reused(erasureId, at);
    const change: ConsentChange = {
      ...{ tenant, subject, channel, change: 'erase', purpose: 'all', source: 'api' },
      evidence: { id: erasureId, reference: evidence },
      ...{ by, at },
    };
    const erasures = conversations.map((parties) => erasureEvent(parties, erasureId, at));
    await this.accepted.publish([changeEvent(erasureId, change), ...erasures]);
    metrics.erasures.inc({ channel, repeated: String(!first) });
    await this.accepted.confirm([erasureId], { erasureId });
    const conversationIds = conversations.map((parties) => parties.conversationId);
    return { erasureId, eventId: consentEventId(erasureId), subject, conversationIds };
  }
}

function changeEvent(id: string, data: ConsentChange): OutgoingEvent {
  const { tenant, subject, at: time } = data;
  const parts = { id, key: consentKey(data), subject, source: SOURCE, tenant, time, data };
  return { contract: EVENTS.consentChange, event: newEvent(EVENTS.consentChange, parts) };
}

function erasureEvent(parties: Parties, erasureId: string, at: string): OutgoingEvent {
  const { conversationId: key, tenant } = parties;
  const data: ContactErased = { ...parties, contact: ERASED, erasureId, at };
  const id = factId(JSON.stringify([erasureId, key]));
  const parts = { id, key, subject: key, source: SOURCE, tenant, time: at, data };
  return { contract: EVENTS.contactErased, event: newEvent(EVENTS.contactErased, parts) };
}

function reused(id: string, at: string): ApiError {
  const reason = `was first used at ${at} for something else, with the id ${id}`;
  return new ApiError(422, `Idempotency-Key ${reason}`, [{ field: 'Idempotency-Key', reason }]);
}
