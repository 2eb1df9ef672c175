import { setTimeout as delay } from 'node:timers/promises';
import { callWell, inParallel, sendersOf, waitFor, type System } from '@heliograph/testing';
import type { Trial } from '../../run/trial.ts';
import type { CampaignArrivals } from './arrivals.ts';
import type { FileRow } from './recipient-file.ts';

const WIDTH = 16;
const WAIT = { timeoutMs: 120_000, intervalMs: 250 };

/** Records that these contacts have opted out, by the API, and waits until it counts. */
export async function optedOut({ api, context }: System, rows: readonly FileRow[]): Promise<void> {
  const headers = { authorization: `Bearer ${context.files.apiKey}` };
  const url = ({ contact }: FileRow): string => `${api.address}/v1/consent/whatsapp/${encodeURIComponent(contact)}`;
  await inParallel(rows, WIDTH, (row) => {
    const body = { change: 'opt-out', evidence: 'web form' };
    return callWell(url(row), { method: 'PUT', headers: { ...headers, 'idempotency-key': row.order }, body });
  });
  await inParallel(rows, WIDTH, (row) => {
    const isKnown = async (): Promise<boolean> => {
      const { purposes } = await callWell<{ purposes: { all: { state: string } } }>(url(row), { headers });
      return purposes.all.state === 'out';
    };
    return waitFor(isKnown, { ...WAIT, description: 'a contact has opted out' });
  });
}

/** Customers who say STOP, each at a moment of their own while the campaign runs. */
export class Stoppers {
  readonly #trial: Trial;
  readonly #arrivals: CampaignArrivals;
  readonly #rows: readonly FileRow[];
  /** By id of the event that tells of it. */
  readonly #orders = new Map<string, string>();
  #working: Promise<void> = Promise.resolve();

  constructor(trial: Trial, arrivals: CampaignArrivals, rows: readonly FileRow[]) {
    this.#trial = trial;
    this.#arrivals = arrivals;
    this.#rows = rows;
  }

  /** @param recipients of the campaign: the last STOP comes when most have been sent to */
  start(recipients: number): void {
    this.#working = this.#say(recipients);
    // Told by stops().
    this.#working.catch(() => undefined);
  }

  /** Waits until all have said it, and ingress has acknowledged it. */
  async stops(): Promise<{ order: string; acknowledgedAt: number }[]> {
    await this.#working;
    return waitFor(
      async () => {
        const told = (await this.#trial.witnesses.events()).filter(({ id }) => this.#orders.has(id));
        const acknowledged = told.flatMap(({ id, acknowledgedAt }) =>
          acknowledgedAt === undefined ? [] : [{ order: this.#orders.get(id)!, acknowledgedAt }],
        );
        return acknowledged.length === this.#orders.size && acknowledged;
      },
      { ...WAIT, description: 'every STOP is acknowledged' },
    );
  }

  /** Some were sent to before, some are sent to never. */
  async #say(recipients: number): Promise<void> {
    const { system, inFlight, random } = this.#trial;
    const pool = sendersOf({ newsNumbers: 20 }).find(({ name }) => name === 'news')!.addresses;
    for (const [index, { contact: from, order }] of this.#rows.entries()) {
      const share = (0.8 * (index + 1)) / this.#rows.length;
      while ((await this.#arrivals.count()) < share * recipients) await delay(200);
      const to = this.#arrivals.numbers.get(order) ?? random.pick(pool);
      const { eventId, messageId } = await system.simulator.customerWrites({
        from,
        to,
        text: random.pick(['STOP', 'Stop.', 'unsubscribe']),
      });
      inFlight.accept(messageId);
      this.#orders.set(eventId, order);
    }
  }
}
