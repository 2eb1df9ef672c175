import type { Principal } from '../exchange/principal.ts';
import { FaultSet } from '../faults/fault-set.ts';
import { SlidingLog, type Limit } from '../limits/sliding-log.ts';
import { ConversationStore } from '../messaging/conversation-store.ts';
import type { AccountSettings, SenderSettings } from '../settings/account-settings.ts';
import type { Channel } from '../settings/addresses.ts';
import { TemplateStore } from '../templates/template-store.ts';
import type { Random } from '../world/random.ts';

/** One set of credentials with everything that happens under it. `settings` may be changed while it runs. */
export class Account implements Principal {
  readonly settings: AccountSettings;
  readonly limiter: SlidingLog;
  readonly faults: FaultSet;
  readonly templates: TemplateStore;
  readonly conversations = new ConversationStore();

  constructor(settings: AccountSettings, random: Random) {
    this.settings = settings;
    this.limiter = new SlidingLog(limitOf(settings));
    this.faults = new FaultSet(random);
    this.templates = new TemplateStore(settings);
  }

  get id(): string {
    return this.settings.id;
  }

  get latencyMs(): number {
    return this.settings.latencyMs;
  }

  setLimit(limit: AccountSettings['limit']): void {
    this.settings.limit = limit;
    this.limiter.limit = limitOf(this.settings);
  }

  sender(channel: Channel, address: string): SenderSettings | undefined {
    return this.settings.senders.find((sender) => sender.channel === channel && sender.address === address);
  }

  /** True as well when no sender names a queue: then queues are not checked. */
  knowsQueue(queueId: string): boolean {
    const queues = this.settings.senders.flatMap((sender) => sender.queueId ?? []);
    return queues.length === 0 || queues.includes(queueId);
  }
}

function limitOf({ limit }: AccountSettings): Limit {
  return limit ?? { requests: Infinity, periodMs: 60_000 };
}
