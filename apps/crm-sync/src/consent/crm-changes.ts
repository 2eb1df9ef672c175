import { canonicalAddress, CHANNELS, consentKey, EVENTS, factId, type ConsentChange } from '@heliograph/contracts';
import type { Subjects } from '@heliograph/consent';
import { newEvent, type EventPublisher, type OutgoingEvent } from '@heliograph/kafka';
import type { Log } from '@heliograph/runtime';
import { metrics } from '../metrics.ts';
import type { CrmChange, CrmChangesClient } from './crm-changes.client.ts';

/** What came of our own writes. */
const OURS = 'api';

export interface CrmChangesOptions {
  readonly client: Pick<CrmChangesClient, 'waiting' | 'acknowledge'>;
  readonly publisher: Pick<EventPublisher, 'publish'>;
  readonly subjects: Subjects;
  /** Milliseconds between two looks. */
  readonly everyMs: number;
  readonly log: Pick<Log, 'warn'>;
}

/**
 * Reads do-not-contact out of the CRM and asks for the change it means. A change has the id of the CRM's number, so what several
 * replicas read, or one reads again after a crash, is one change; what we wrote ourselves is no news, so nothing goes in a circle.
 */
export class CrmChanges {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly options: CrmChangesOptions) {}

  start(): void {
    const again = (): void => {
      this.timer = setTimeout(() => {
        this.running = this.look().finally(() => this.timer && again());
      }, this.options.everyMs);
    };
    again();
  }

  /** Waits for the look that is under way. */
  async stop(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.running;
  }

  /** One page; the next look takes the next one. Never rejects. */
  async look(): Promise<void> {
    const { client, publisher, log } = this.options;
    try {
      const changes = await client.waiting();
      const last = changes.at(-1);
      if (!last) return;
      const events = changes.flatMap((change) => this.asked(change) ?? []);
      if (events.length > 0) await publisher.publish(events);
      await client.acknowledge(last.change);
    } catch (error) {
      metrics.changeFailures.inc();
      log.warn({ reason: (error as Error).message }, 'do-not-contact could not be read from the CRM, trying again');
    }
  }

  private asked(given: CrmChange): OutgoingEvent | undefined {
    const { by, contact, doNotContact } = given;
    const channel = CHANNELS.find((one) => one === contact?.channel);
    const address = contact && channel && canonicalAddress(channel, contact.address);
    const result = by === OURS ? 'own' : address ? 'given' : 'unreadable';
    metrics.changes.inc({ result });
    if (result !== 'given' || !contact || !channel || !address) return undefined;
    const { tenant } = contact;
    const subject = this.options.subjects.of({ tenant, channel, address });
    const id = factId(`crm/${tenant}/${given.change}`);
    const data: ConsentChange = {
      ...{ tenant, subject, channel, change: doNotContact ? 'opt-out' : 'opt-in', purpose: 'all', source: 'crm' },
      evidence: { id, reference: `change ${given.change} of the CRM` },
      ...{ by, at: new Date(given.at).toISOString() },
    };
    const parts = { id, key: consentKey(data), data, tenant, subject, source: '/heliograph/crm-sync' };
    return { contract: EVENTS.consentChange, event: newEvent(EVENTS.consentChange, parts) };
  }
}
