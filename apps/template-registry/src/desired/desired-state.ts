import { decodeEvent, definitionKey, EVENTS, factId, TOPICS, type TemplateDefinition } from '@heliograph/contracts';
import { newEvent, readPartition, type EventPublisher, type Kafka } from '@heliograph/kafka';
import { Lease, type LeaseStore } from '@heliograph/redis';
import { randomUUID } from 'node:crypto';
import { SERVICE } from '../config.ts';
import type { TemplateTable } from '../templates/template-table.ts';

const LEASE_MS = 15_000;
const PUBLISH_WITHIN_MS = 10_000;

/** The definitions on `template.definition`: changed by one apply of a tenant at a time. */
export class DesiredState {
  constructor(
    private readonly kafka: Kafka,
    private readonly publisher: EventPublisher,
    private readonly leases: LeaseStore,
    private readonly table: TemplateTable,
  ) {}

  /**
   * Does something that nobody else of the tenant does meanwhile, in any replica.
   *
   * @returns undefined when somebody else does
   * @throws Unavailable
   */
  async alone<T>(tenant: string, work: (lease: Lease) => Promise<T>): Promise<{ readonly done: T } | undefined> {
    const { lease } = await Lease.take(this.leases, tenant, randomUUID(), LEASE_MS);
    if (!lease) return undefined;
    try {
      return { done: await work(lease) };
    } finally {
      await lease.release();
    }
  }

  /**
   * Every definition of the tenant, as of now: the table follows the topic, and may not have seen what another replica has just
   * written.
   *
   * @throws Unavailable
   */
  async read(tenant: string): Promise<TemplateDefinition[]> {
    const found = new Map<string, TemplateDefinition>();
    const topic = TOPICS.templateDefinition;
    await readPartition(this.kafka, topic, 0, {
      visit: (record) => {
        if (record.value === null) return void found.delete(record.key?.toString('utf8') ?? '');
        const decoded = decodeEvent(topic.name, record);
        if (!decoded.ok) return;
        const definition = decoded.event.data as TemplateDefinition;
        if (definition.tenant === tenant) found.set(definitionKey(definition), definition);
      },
    });
    return [...found.values()];
  }

  /**
   * Writes definitions, acknowledged, before the lease ends.
   *
   * @throws Unavailable; some of them may be written
   */
  async write(definitions: readonly TemplateDefinition[], profile: string, lease: Lease): Promise<void> {
    lease.signal.throwIfAborted();
    const contract = EVENTS.templateDefinition;
    const events = definitions.map((definition) => ({
      contract,
      event: newEvent(contract, {
        id: factId(JSON.stringify(definition)),
        key: definitionKey(definition),
        data: definition,
        tenant: definition.tenant,
        source: `/heliograph/${SERVICE}`,
        subject: definition.providerName,
        time: definition.appliedAt,
        extensions: { account: definition.account, profile },
      }),
    }));
    const left = Math.min(PUBLISH_WITHIN_MS, lease.endsAt - performance.now());
    await this.publisher.publish(events, { deadline: Date.now() + left });
    for (const definition of definitions) this.table.publishedDefinition(definition);
  }
}
