import { Injectable } from '@nestjs/common';
import {
  canonicalAddress,
  CHANNELS,
  commandId,
  consentKey,
  EVENTS,
  type Channel,
  type ConsentChange,
  type SendMessage,
} from '@heliograph/contracts';
import { ConsentReader, consentEventId, NOTHING_SAID, sayForbidden, Subjects } from '@heliograph/consent';
import { ApiError, badRequest } from '@heliograph/http-api';
import { newEvent } from '@heliograph/kafka';
import { Unavailable } from '@heliograph/runtime';
import { AcceptanceStore } from '../messages/acceptance.store.ts';
import { AcceptedCommands, SOURCE } from '../messages/accepted-commands.ts';
import { metrics } from '../metrics.ts';
import type { ConsentChangeRequest } from './consent.request.ts';
import type { AcceptedConsentResponse, ConsentResponse } from './consent.response.ts';

/** Whom a request is about. */
export interface AddressedContact {
  readonly tenant: string;
  readonly channel: Channel;
  /** Canonical. */
  readonly address: string;
}

/** @throws ApiError 400 for a channel that does not exist, or what is no address of it */
export function readContact(tenant: string, channel: string, raw: string): AddressedContact {
  const known = CHANNELS.find((one) => one === channel);
  if (!known) throw badRequest([{ field: 'channel', reason: `is not one of ${CHANNELS.join(', ')}` }]);
  const address = canonicalAddress(known, raw);
  if (!address) throw badRequest([{ field: 'address', reason: `is no address of ${channel}` }]);
  return { tenant, channel: known, address };
}

/** Where contacts stand: looked up, changed, and asked before a message is accepted. */
@Injectable()
export class ConsentService {
  constructor(
    private readonly reader: ConsentReader,
    private readonly subjects: Subjects,
    private readonly accepted: AcceptedCommands,
    private readonly acceptances: AcceptanceStore,
  ) {}

  /** @throws Unavailable, also while not all that was ever said is known */
  async get(contact: AddressedContact): Promise<ConsentResponse> {
    const { tenant } = contact;
    const subject = this.subjects.of(contact);
    const known = await this.reader.known({ tenant, subject });
    if (!known) throw new Unavailable('consent', 'what was said is being brought back');
    const state = await this.reader.state({ tenant, subject });
    return { subject, purposes: state?.purposes ?? NOTHING_SAID, history: state?.history ?? [] };
  }

  /** The same key gives the same change. @throws Unavailable; a repetition with the same key is safe */
  async change(
    contact: AddressedContact,
    { key, by, now }: { key: string; by: string; now: string },
    { change, purpose = 'all', evidence, at = now }: ConsentChangeRequest,
  ): Promise<AcceptedConsentResponse> {
    const { tenant, channel } = contact;
    const subject = this.subjects.of(contact);
    const changeId = commandId(tenant, key);
    const data: ConsentChange = {
      ...{ tenant, subject, channel, change, purpose, source: 'api' },
      evidence: { id: changeId, reference: evidence },
      ...{ by, at: new Date(at).toISOString() },
    };
    await this.publish(changeId, data, now);
    return { changeId, eventId: consentEventId(changeId), subject };
  }

  /**
   * Only for a first use: a repetition gets the answer of the first. While it is not known where the contact stands, the
   * dispatcher decides.
   *
   * @throws ApiError 403 for a contact who has opted out; Unavailable
   */
  async refuseOptedOut({
    messageId,
    tenant,
    channel,
    contact,
    class: kind,
  }: Omit<SendMessage, 'acceptedAt'>): Promise<void> {
    const subject = this.subjects.of({ tenant, channel, address: contact });
    const forbidden = await this.reader.forbids({ tenant, subject }, kind);
    if (!forbidden || forbidden === 'unknown' || (await this.acceptances.find(messageId))) return;
    metrics.optedOut.inc({ channel });
    const reason = sayForbidden(forbidden);
    throw new ApiError(403, `opted-out: ${reason}; nothing may be sent`, [{ field: 'to', reason }]);
  }

  private async publish(id: string, data: ConsentChange, time: string): Promise<void> {
    const { tenant, subject } = data;
    const parts = { id, key: consentKey(data), subject, source: SOURCE, tenant, time, data };
    await this.accepted.publish([{ contract: EVENTS.consentChange, event: newEvent(EVENTS.consentChange, parts) }]);
  }
}
