import type { RequestRecord } from '../evidence/request-log.ts';
import type { Admission, Principal } from '../exchange/principal.ts';
import { FaultSet } from '../faults/fault-set.ts';
import { SlidingLog } from '../limits/sliding-log.ts';
import type { CrmSettings } from '../settings/settings.ts';
import type { Random } from '../world/random.ts';
import { DoNotContactList } from './do-not-contact.ts';
import { Erasures } from './erasures.ts';
import { CrmTable } from './crm-table.ts';
import type { Activity, Contact } from './crm-shapes.ts';

/** The small CRM beside the provider: contacts and their activities. Without settings it accepts no key. */
export class Crm implements Principal {
  readonly id = 'crm';
  readonly apiKey: string | undefined;
  readonly latencyMs: number;
  readonly #limiter: SlidingLog;
  readonly faults: FaultSet;
  readonly contacts = new CrmTable<Contact>();
  readonly activities = new CrmTable<Activity>();
  readonly doNotContact = new DoNotContactList();
  readonly erasures = new Erasures(this.contacts, this.activities);

  constructor(settings: CrmSettings | undefined, random: Random) {
    this.apiKey = settings?.apiKey;
    this.latencyMs = settings?.latencyMs ?? 0;
    this.#limiter = new SlidingLog(settings?.limit ?? { requests: Infinity, periodMs: 60_000 });
    this.faults = new FaultSet(random);
  }

  get periodMs(): number {
    return this.#limiter.limit.periodMs;
  }

  admit({ at }: RequestRecord): Admission {
    const verdict = this.#limiter.arrive(at);
    return { ...verdict, left: verdict.accepted ? verdict.remaining : 0, namesMoment: true };
  }
}
