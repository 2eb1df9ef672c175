import { randomUUID } from 'node:crypto';
import {
  campaignKey,
  EVENTS,
  type CampaignAction,
  type CampaignDefinition,
  type CampaignProgress,
  type CampaignState,
  type CloudEvent,
  type EventContract,
  type UploadCounts,
} from '@heliograph/contracts';
import { newEvent } from '@heliograph/kafka';
import type { CampaignAsked } from '../src/fold/fold-order.ts';

/** The moment at which everything here begins. */
export const START = Date.parse('2026-03-02T09:00:00.000Z');
export const HOUR_MS = 3_600_000;
export const isoAt = (ms: number): string => new Date(START + ms).toISOString();

/** A campaign by SMS of the account `acme-genesys` of `test/bench.ts`. */
export function definitionOf(over: Partial<CampaignDefinition> = {}): CampaignDefinition {
  return {
    campaignId: randomUUID(),
    tenant: 'acme',
    name: 'Spring sale',
    account: 'acme-genesys',
    channel: 'sms',
    sender: 'alerts',
    template: { name: 'spring_sale', language: 'en' },
    variables: {},
    columns: { address: 'phone' },
    expiresAt: isoAt(24 * HOUR_MS),
    createdBy: 'marketing',
    createdAt: isoAt(0),
    ...over,
  };
}

export function createdEvent(definition: CampaignDefinition): CloudEvent<CampaignAsked> {
  return eventOf(EVENTS.campaignCreated, definition, definition.createdAt);
}

type Of = Pick<CampaignDefinition, 'campaignId' | 'tenant'>;

export function orderEvent(
  { campaignId, tenant }: Of,
  action: CampaignAction,
  ms = HOUR_MS,
): CloudEvent<CampaignAsked> {
  const at = isoAt(ms);
  return eventOf(EVENTS.campaignOrder, { campaignId, tenant, action, by: 'ann', at }, at);
}

export function uploadEvent({ campaignId, tenant }: Of, counts: Partial<UploadCounts>, ms = HOUR_MS) {
  const at = isoAt(ms);
  const none = { rows: 0, accepted: 0, invalid: 0, repeated: 0, suppressed: 0 };
  return eventOf(EVENTS.campaignUploaded, { campaignId, tenant, uploadId: randomUUID(), ...none, ...counts, at }, at);
}

/** Where a campaign stands after whatever has led there. */
export function stateOf(over: Partial<CampaignState> & { definition?: CampaignDefinition } = {}): CampaignState {
  const definition = over.definition ?? definitionOf();
  const { campaignId, tenant, createdAt: at } = definition;
  const uploads = { rows: 12, accepted: 10, invalid: 1, repeated: 1, suppressed: 0 };
  const plain = { reasons: [], version: 3, history: [{ state: 'draft' as const, at }], applied: '2', recent: [] };
  return { campaignId, tenant, definition, state: 'draft', since: at, uploads, ...plain, at, ...over };
}

export const PROGRESS: CampaignProgress = {
  ...{ accepted: 10, waiting: 0, underWay: 0, sent: 9, delivered: 8, read: 1 },
  ...{ failed: 1, failedBy: { expired: 1 }, suppressed: 0, unresolved: 0, replies: 2, optOuts: 0 },
};

function eventOf<T extends CampaignAsked>(contract: EventContract, data: T, time: string): CloudEvent<T> {
  const { campaignId, tenant } = data;
  const parts = { id: randomUUID(), key: campaignKey(data), subject: campaignId };
  return newEvent(contract, { ...parts, data, tenant, source: '/heliograph/spec', time });
}
