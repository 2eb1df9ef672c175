import type { Dispatcher } from 'undici';
import { Account } from '../accounts/account.ts';
import { Tokens } from '../accounts/tokens.ts';
import { Crm } from '../crm/crm.ts';
import { RequestLog } from '../evidence/request-log.ts';
import type { Principal } from '../exchange/principal.ts';
import type { Settings } from '../settings/settings.ts';
import { EventLog } from '../webhooks/event-log.ts';
import { TemplateDesk } from '../templates/template-desk.ts';
import { Narrator } from '../webhooks/narrator.ts';
import { WebhookSender } from '../webhooks/webhook-sender.ts';
import { ProviderClock } from './clock.ts';
import { Random } from './random.ts';
import { Timers } from './timers.ts';
import { Waiters } from './waiters.ts';

/** Everything the simulator knows. A reset throws it away and starts another one from the same settings. */
export class World {
  readonly clock = new ProviderClock();
  readonly timers = new Timers();
  readonly waiters = new Waiters(this.timers);
  readonly tokens = new Tokens();
  readonly accounts: ReadonlyMap<string, Account>;
  readonly crm: Crm;
  readonly requests: RequestLog;
  readonly events: EventLog;
  readonly narrator: Narrator;
  readonly templateDesk: TemplateDesk;

  constructor(settings: Settings, agent: Dispatcher) {
    const { seed, evidenceCapacity, accounts, crm } = structuredClone(settings);
    const changed = () => this.waiters.changed();
    const random = new Random(seed);
    this.requests = new RequestLog(evidenceCapacity, changed);
    this.events = new EventLog(evidenceCapacity, changed);
    this.accounts = new Map(accounts.map((account) => [account.id, new Account(account, random)]));
    this.crm = new Crm(crm, random);
    const sender = new WebhookSender(agent, this.timers, this.events);
    this.narrator = new Narrator(this.clock, random, sender);
    this.templateDesk = new TemplateDesk(this.clock, random, this.timers, sender);
  }

  /** Whom faults and limits can be set for: an account, or `crm`. */
  principal(id: string): Principal | undefined {
    return id === this.crm.id ? this.crm : this.accounts.get(id);
  }

  /** Ends every delay: nothing more is delivered, waiting requests are reset. */
  close(): void {
    this.timers.close();
  }
}
