import {
  consentKey,
  decodeEvent,
  EVENTS,
  TOPICS,
  type CloudEvent,
  type ConsentChange,
  type ConsentChanged,
  type ConsentState,
  type TopicDefinition,
} from '@heliograph/contracts';
import { CONSENT_GROUP, ConsentReader, consentStateKey, earlyStopKey } from '@heliograph/consent';
import {
  ensureTopics,
  newEvent,
  readPartition,
  topicReader,
  type Delivery,
  type EventPublisher,
} from '@heliograph/kafka';
import { fenceKey } from '@heliograph/redis';
import { ConsentPublisher } from '../src/consent/consent.publisher.ts';
import { ConsentRebuild } from '../src/consent/consent-rebuild.ts';
import { ConsentService } from '../src/consent/consent.service.ts';
import { ConsentStore } from '../src/consent/consent.store.ts';
import { START, uuidOf } from './fact-builders.ts';
import { PARTITION, PUBLISH_MS, SessionBench } from './session-bench.ts';

const { consentCommand, consentEvent, consentState } = TOPICS;

/** The fold of consent on real Kafka and Redis, with the fence of its partition in the test's hands. */
export class ConsentBench {
  readonly reader: ConsentReader;

  private constructor(readonly sessions: SessionBench) {
    this.reader = new ConsentReader(sessions.redis, () => PARTITION);
  }

  static async open(): Promise<ConsentBench> {
    const bench = new ConsentBench(await SessionBench.open());
    await ensureTopics(bench.sessions.kafka, [consentCommand, consentEvent, consentState]);
    return bench;
  }

  close(): Promise<void> {
    return this.sessions.close();
  }

  worker(publisher: EventPublisher = this.sessions.publisher): ConsentService {
    return new ConsentService(this.store(), new ConsentPublisher(publisher), 2_000);
  }

  store(): ConsentStore {
    return new ConsentStore(this.sessions.redis, PUBLISH_MS);
  }

  async fence(generation: number): Promise<string> {
    const token = `${this.sessions.redis.runId}|0.${generation}`;
    await this.sessions.redis.client.set(fenceKey(PARTITION, CONSENT_GROUP), token);
    return token;
  }

  /** Loses what Redis has of a contact and the fence, as a flush does. */
  async lose(of: { tenant: string; subject: string }): Promise<void> {
    const keys = [consentStateKey(PARTITION, of), earlyStopKey(PARTITION, of), fenceKey(PARTITION, CONSENT_GROUP)];
    await this.sessions.redis.client.del(...keys);
  }

  /** Rebuilds the partition as the gate of this generation would. */
  async rebuild(generation: number): Promise<string> {
    const { redis, kafka } = this.sessions;
    await redis.client.set(fenceKey(PARTITION, CONSENT_GROUP), `${redis.runId}|0.${generation}|rebuilding`);
    const parts = { topics: topicReader(kafka), store: this.store(), stops: this.sessions.stops() };
    await new ConsentRebuild({ ...parts, publishMs: PUBLISH_MS, log: { info: () => undefined } }).run(
      PARTITION,
      generation,
    );
    return this.fence(generation);
  }

  /** Puts a change on its topic. */
  async give({ event }: Delivery): Promise<void> {
    await this.sessions.publisher.publish([{ contract: EVENTS.consentChange, event }]);
  }

  events(subject: string): Promise<CloudEvent<ConsentChanged>[]> {
    return this.read<ConsentChanged>(consentEvent, subject);
  }

  async states(subject: string): Promise<ConsentState[]> {
    return (await this.read<ConsentState>(consentState, subject)).map(({ data }) => data);
  }

  private async read<T>(topic: TopicDefinition, subject: string): Promise<CloudEvent<T>[]> {
    const found: CloudEvent<T>[] = [];
    await readPartition(this.sessions.kafka, topic, PARTITION, {
      visit: (record) => {
        const decoded = decodeEvent(topic.name, record);
        if (!decoded.ok) throw new Error(JSON.stringify(decoded.problems));
        if (decoded.event.subject === subject) found.push(decoded.event as CloudEvent<T>);
      },
    });
    return found;
  }
}

/** The subject of a test: 43 characters that name it. */
export const subjectNamed = (name: string): string =>
  name
    .replace(/[^a-z0-9]/gi, '-')
    .padEnd(43, '_')
    .slice(0, 43);

/** A change as the consumer hands it over. */
export function changeDelivery(
  change: Partial<ConsentChange> & { subject: string },
  offset: number,
  fence: string,
): Delivery & { event: CloudEvent<ConsentChange> } {
  const data: ConsentChange = {
    tenant: 'acme',
    change: 'opt-out',
    purpose: 'all',
    source: 'api',
    evidence: { id: `request ${offset}` },
    at: new Date(START + offset * 1_000).toISOString(),
    ...change,
  };
  const event = newEvent(EVENTS.consentChange, {
    id: uuidOf(`${change.subject} ${offset}`),
    key: consentKey(data),
    data,
    tenant: data.tenant,
    source: '/heliograph/spec',
    time: new Date(START + offset * 1_000 + 500).toISOString(),
  });
  const origin = `${consentCommand.name}/${PARTITION}/${offset}`;
  const value = Buffer.from(JSON.stringify(data));
  return { topic: consentCommand.name, partition: PARTITION, offset, event, value, origin, fence, attempt: 1 };
}
