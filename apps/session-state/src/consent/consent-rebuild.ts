import {
  decodeEvent,
  EVENTS,
  TOPICS,
  type CloudEvent,
  type ConsentChange,
  type ConsentState,
} from '@heliograph/contracts';
import { CONSENT_GROUP, type EarlyStops } from '@heliograph/consent';
import type { TopicReader } from '@heliograph/kafka';
import { fenceKey } from '@heliograph/redis';
import { sleep } from '@heliograph/runtime';
import { Batches } from '../rebuild/batches.ts';
import type { ConsentStore } from './consent.store.ts';

const BATCH = 500;

export interface ConsentRebuildOptions {
  readonly topics: TopicReader;
  readonly store: ConsentStore;
  readonly stops: EarlyStops;
  /** How long a publish begun before the loss can last, milliseconds. */
  readonly publishMs: number;
  readonly log: { info(fields: Record<string, unknown>, message: string): void };
}

/**
 * Brings back where the contacts of a partition stand after Redis was lost: the states, read after every publish begun before the
 * loss is out of time, and the opt-outs among the changes that are not folded yet. Until it has ended, nobody is sent anything.
 */
export class ConsentRebuild {
  constructor(private readonly options: ConsentRebuildOptions) {}

  /** @throws Unavailable, or Error when Redis was lost again or another generation took over */
  async run(partition: number, generation: number): Promise<void> {
    const { publishMs, log } = this.options;
    // Before the wait: what is given meanwhile is folded soon enough.
    const waiting = await this.stopWaiting(partition);
    if (waiting > 0) await sleep(publishMs);
    const states = await this.restoreStates(partition, generation);
    log.info({ partition, generation, states, waiting }, 'consent rebuilt');
  }

  /** @returns how many changes are not folded yet */
  private async stopWaiting(partition: number): Promise<number> {
    const { topics, stops } = this.options;
    const { consentCommand } = TOPICS;
    const from = await topics.committed(CONSENT_GROUP, consentCommand, partition);
    const { records } = await topics.read(consentCommand, partition, {
      from,
      visit: async (record) => {
        const decoded = decodeEvent(consentCommand.name, record);
        if (!decoded.ok || decoded.event.type !== EVENTS.consentChange.type) return;
        const { id, data, time } = decoded.event as CloudEvent<ConsentChange>;
        if (data.change !== 'opt-out' || data.purpose !== 'all') return;
        await stops.remember(data, { at: Math.min(Date.parse(data.at), Date.parse(time)), changeId: id });
      },
    });
    return records;
  }

  private async restoreStates(partition: number, generation: number): Promise<number> {
    const { topics, store } = this.options;
    const fence = fenceKey(partition, CONSENT_GROUP);
    let restored = 0;
    const batches = new Batches<ConsentState>(BATCH, async (states) => {
      await Promise.all([...states.values()].map((same) => store.restore(partition, generation, fence, same.at(-1)!)));
      restored += states.size;
    });
    await topics.read(TOPICS.consentState, partition, {
      visit: ({ key, value }) => {
        if (value === null) return undefined;
        return batches.add(key?.toString('utf8') ?? '', JSON.parse(value.toString()) as ConsentState);
      },
    });
    await batches.flush();
    return restored;
  }
}
