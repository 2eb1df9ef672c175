import { randomUUID } from 'node:crypto';
import type {
  CampaignAction,
  CampaignEnd,
  CampaignProgress,
  CampaignStateWord,
  UploadCounts,
} from '@heliograph/contracts';
import { callWell } from './http.ts';

export interface CampaignRequest {
  readonly name: string;
  readonly channel: string;
  readonly sender: string;
  readonly template: { readonly name: string; readonly language: string };
  readonly variables?: Readonly<Record<string, { column: string } | { value: string | number }>>;
  readonly columns: { readonly address: string; readonly externalId?: string };
  readonly perMinute?: number;
  readonly expiresAt?: string;
}

export interface CampaignView {
  readonly campaignId: string;
  readonly state: CampaignStateWord;
  readonly end?: CampaignEnd;
  readonly reasons: readonly { readonly code: string; readonly reason: string }[];
  readonly uploads: UploadCounts;
  readonly history: readonly { readonly state: CampaignStateWord; readonly at: string; readonly code?: string }[];
  readonly progress: CampaignProgress;
}

export interface UploadAnswer extends UploadCounts {
  readonly uploadId: string;
  readonly errors: readonly { readonly line: number; readonly field?: string; readonly code: string }[];
  readonly errorsOmitted: number;
}

/** Campaigns as a program has them sent. */
export class CampaignsApi {
  readonly #url: string;
  readonly #headers: Record<string, string>;

  constructor(address: string, key: string) {
    this.#url = `${address}/v1/campaigns`;
    this.#headers = { authorization: `Bearer ${key}` };
  }

  /** @throws Error when it is not accepted */
  create(request: CampaignRequest): Promise<CampaignView> {
    const headers = { ...this.#headers, 'idempotency-key': randomUUID() };
    return callWell(this.#url, { method: 'POST', headers, body: request });
  }

  /** @param csv with a header */
  async upload(id: string, csv: string): Promise<UploadAnswer> {
    const headers = { ...this.#headers, 'content-type': 'text/csv' };
    const answer = await fetch(`${this.#url}/${id}/recipients`, { method: 'POST', headers, body: csv });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`POST recipients answered ${answer.status}: ${text}`);
    return JSON.parse(text) as UploadAnswer;
  }

  /** Gives an order. @returns how it stands then @throws Error when it is refused */
  order(id: string, action: CampaignAction): Promise<CampaignView> {
    return callWell(`${this.#url}/${id}/${action}`, { method: 'POST', headers: this.#headers });
  }

  of(id: string): Promise<CampaignView> {
    return callWell(`${this.#url}/${id}`, { headers: this.#headers });
  }
}
