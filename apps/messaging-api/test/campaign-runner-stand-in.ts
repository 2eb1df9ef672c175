import { randomUUID } from 'node:crypto';
import {
  campaignKey,
  decodeEvent,
  EVENTS,
  TOPICS,
  type CampaignDefinition,
  type CampaignOrder,
  type CampaignRecipient,
  type CampaignRecipientsClosed,
  type CampaignState,
  type CampaignUpload,
} from '@heliograph/contracts';
import { EventPublisher, newEvent } from '@heliograph/kafka';
import { followTopic, waitFor, type Following } from '@heliograph/testing';
import type { StartedApi } from '../fixtures/started-api.ts';

/** Reads what is asked of campaigns, as campaign-runner does, and says what a spec wants it to say. */
export class CampaignRunnerStandIn {
  readonly created: CampaignDefinition[] = [];
  readonly orders: CampaignOrder[] = [];
  readonly uploads: CampaignUpload[] = [];
  readonly recipients: CampaignRecipient[] = [];
  readonly closed: (CampaignRecipientsClosed & { readonly isIn: number })[] = [];
  #following: Following[] = [];

  private constructor(private readonly publisher: EventPublisher) {}

  static async start({ service }: StartedApi, brokers: string[], namespace: string): Promise<CampaignRunnerStandIn> {
    const one = new CampaignRunnerStandIn(service.app.get(EventPublisher));
    for (const { name } of [TOPICS.campaignOrder, TOPICS.campaignRecipient]) {
      const group = `${namespace}runner-${name}`;
      const topic = namespace + name;
      one.#following.push(
        await followTopic({
          ...{ brokers, topic, group },
          onRecord: (record) => {
            const headers = Object.fromEntries(
              Object.entries(record.headers).map(([field, value]) => [field, Buffer.from(value)]),
            );
            const decoded = decodeEvent(name, { key: Buffer.from(record.key ?? ''), value: record.value, headers });
            if (!decoded.ok) throw new Error(JSON.stringify(decoded.problems));
            one.#take(decoded.event.type, decoded.event.data, record.partition);
          },
        }),
      );
    }
    return one;
  }

  /** Says where a campaign stands. */
  async says(campaignId: string, given: Partial<CampaignState>): Promise<CampaignState> {
    const definition = await waitFor(() => this.created.find((one) => one.campaignId === campaignId), {
      description: 'the campaign was created',
    });
    const at = new Date().toISOString();
    const data: CampaignState = {
      ...{ campaignId, tenant: definition.tenant, definition, state: 'draft', since: at, reasons: [], version: 1 },
      history: [{ state: 'draft', at: definition.createdAt }],
      uploads: { rows: 0, accepted: 0, invalid: 0, repeated: 0, suppressed: 0 },
      ...{ applied: '0', recent: [], at },
      ...given,
    };
    const parts = { id: randomUUID(), key: campaignKey(data), source: '/heliograph/spec', tenant: data.tenant, data };
    const event = newEvent(EVENTS.campaignState, parts);
    await this.publisher.publish([{ contract: EVENTS.campaignState, event }]);
    return data;
  }

  of<T extends { readonly campaignId: string }>(all: readonly T[], campaignId: string): T[] {
    return all.filter((one) => one.campaignId === campaignId);
  }

  async close(): Promise<void> {
    await Promise.all(this.#following.map((one) => one.close()));
  }

  #take(type: string, data: unknown, isIn: number): void {
    if (type === EVENTS.campaignCreated.type) this.created.push(data as CampaignDefinition);
    if (type === EVENTS.campaignOrder.type) this.orders.push(data as CampaignOrder);
    if (type === EVENTS.campaignUploaded.type) this.uploads.push(data as CampaignUpload);
    if (type === EVENTS.campaignRecipient.type) this.recipients.push(data as CampaignRecipient);
    if (type === EVENTS.campaignRecipientsClosed.type) {
      this.closed.push({ ...(data as CampaignRecipientsClosed), isIn });
    }
  }
}
