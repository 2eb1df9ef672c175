import type { MessageContent, SendMessage } from '@heliograph/contracts';
import type { Delivery } from '@heliograph/kafka';
import type { CallOptions, CallResult, ContactMessaging, ProviderContact, RefusalCode } from '@heliograph/providers';
import { Unavailable } from '@heliograph/runtime';
import type { SendingAccount } from '../accounts/sending-account.ts';
import { dispatcherMetrics } from '../metrics.ts';
import type { Refusal, Waits } from '../sending/effect.ts';
import { providerRead } from '../sending/provider-read.ts';
import { memoOf } from '../sending/turn.ts';
import { ContactCache } from './contact-cache.ts';
import type { ContactMemo } from './contact-memo.ts';

/** A message that may be for a contact. */
export interface ContactJob {
  readonly command: SendMessage;
  readonly delivery: Delivery;
  readonly sending: SendingAccount;
}

/** Whom a message is sent to. */
export interface Contact {
  readonly kind: 'contact';
  readonly contactId: string;
  /**
   * What the provider may answer to the send that is final. A conversation that was closed since it was validated is: the guide's
   * contract "does not create conversations". A contact that is unknown is when it was looked up again.
   */
  readonly final: readonly RefusalCode[];
}

export type Found =
  | Contact
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** The provider conversation takes no messages any more, or is unknown. */
  | { readonly kind: 'gone' }
  | Waits;

const OTHER_CONVERSATION: Refusal = {
  code: 'contact-mismatch',
  reason: 'the provider has the contact in another conversation than the one that the message is for',
};

/**
 * The contact that a structured message is sent to (guide 004): found by its conversation, and validated before the send: it
 * exists, its conversation is the right one and takes messages. Look-ups change nothing at the provider; they take from the
 * budget like every request.
 */
export class ContactFinder {
  constructor(private readonly cache = new ContactCache()) {}

  /**
   * Whether a message goes to a contact, not into the conversation itself.
   *
   * @param content what is sent, which may not be what the command says
   */
  takes({ sending }: Pick<ContactJob, 'sending'>, { type }: MessageContent): boolean {
    return sending.clients.use().client.contacts?.contents.has(type) === true;
  }

  /** @throws Unavailable where the lane has to wait without a moment to wait for */
  async find(job: ContactJob, conversation: string): Promise<Found> {
    const known = this.memo(job, conversation);
    while (!known.isChecked) {
      const step = known.id === undefined ? await this.lookUp(job, known) : await this.check(job, known, known.id);
      if (step) return step;
    }
    const unknown: readonly RefusalCode[] = known.wasLookedUpAgain ? ['not-found'] : [];
    return { kind: 'contact', contactId: known.id!, final: ['conversation-closed', ...unknown] };
  }

  /** The provider does not know the contact any more: the next `find` looks it up. */
  unknown(job: ContactJob, conversation: string): void {
    this.lookUpAgain(job, this.memo(job, conversation));
  }

  private memo({ delivery, sending }: ContactJob, of: string): ContactMemo {
    const memo = memoOf(delivery);
    if (memo.contact?.of === of) return memo.contact;
    const id = this.cache.get(sending.account.id, of);
    return (memo.contact = { of, id, isChecked: false, wasLookedUpAgain: false });
  }

  private async lookUp(job: ContactJob, known: ContactMemo): Promise<Found | undefined> {
    const { channel, contact: to } = job.command;
    const request = { providerConversationId: known.of, channel, to };
    const found = await this.ask(job, (contacts, options) => contacts.find(request, options));
    if (found.kind !== 'read') return this.counted(job, 'refused', found);
    if (!takesMessages(found.value)) return this.counted(job, 'closed', { kind: 'gone' });
    known.id = found.value.contactId;
    this.cache.set(job.sending.account.id, known.of, known.id);
    return undefined;
  }

  private async check(job: ContactJob, known: ContactMemo, contactId: string): Promise<Found | undefined> {
    const request = { contactId, providerConversationId: known.of };
    const read = await this.ask(job, (contacts, options) => contacts.read(request, options));
    if (read.kind === 'gone' || (read.kind === 'read' && read.value.providerConversationId !== known.of)) {
      if (this.lookUpAgain(job, known)) return undefined;
      if (read.kind === 'gone') return this.counted(job, 'closed', read);
      return this.counted(job, 'refused', { kind: 'refused', refusal: OTHER_CONVERSATION });
    }
    if (read.kind !== 'read') return this.counted(job, 'refused', read);
    if (!takesMessages(read.value)) {
      this.cache.forget(job.sending.account.id, known.of);
      return this.counted(job, 'closed', { kind: 'gone' });
    }
    known.isChecked = true;
    return this.counted(job, 'found', undefined);
  }

  /** Once per message (guide 004, 404): ids of contacts may change, and the one remembered is forgotten in any case. */
  private lookUpAgain({ sending }: ContactJob, known: ContactMemo): boolean {
    this.cache.forget(sending.account.id, known.of);
    if (known.wasLookedUpAgain) return false;
    Object.assign(known, { id: undefined, isChecked: false, wasLookedUpAgain: true });
    return true;
  }

  /** One request that changes nothing. */
  private async ask<T>(
    { command, delivery, sending }: ContactJob,
    question: (contacts: ContactMessaging, options: CallOptions) => Promise<CallResult<T>>,
  ): Promise<{ readonly kind: 'read'; readonly value: T } | Exclude<Found, { kind: 'contact' }>> {
    const read = await providerRead(delivery, sending, command.class, (client, options) =>
      question(client.contacts!, options),
    );
    switch (read.kind) {
      case 'read':
      case 'wait':
        return read;
      case 'refused':
        if (read.code === 'not-found') return { kind: 'gone' };
        return { kind: 'refused', refusal: { code: read.code, reason: read.reason } };
      case 'unknown':
        throw new Unavailable(`the provider of account ${sending.account.id}`, read.reason);
    }
  }

  private counted<F extends Found | undefined>({ sending }: ContactJob, outcome: string, found: F): F {
    const isWait = found?.kind === 'wait';
    if (!isWait) dispatcherMetrics.contactChecks.inc({ account: sending.account.id, outcome });
    return found;
  }
}

const takesMessages = (contact: ProviderContact | undefined): contact is ProviderContact =>
  contact !== undefined && contact.state !== 'closed';
