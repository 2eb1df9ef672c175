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
  readonly expectedEnd?: string;
}

export interface UploadAnswer extends UploadCounts {
  readonly uploadId: string;
  readonly errors: readonly { line: number; field?: string; code: string; reason: string }[];
  readonly errorsOmitted: number;
}

/** Any number of pieces of a file; an array of rows is one, too. */
export type UploadedFile = string | Iterable<string> | AsyncIterable<string>;

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

  /** Sends a file as it is made, piece by piece. @throws Error when it is not taken */
  async upload(
    campaignId: string,
    file: UploadedFile,
    { type = 'text/csv', query = '' }: { type?: string; query?: string } = {},
  ): Promise<UploadAnswer> {
    const pieces = typeof file === 'string' ? [file] : file;
    const response = await fetch(`${this.#url}/${campaignId}/recipients${query}`, {
      method: 'POST',
      headers: { ...this.#headers, 'content-type': type },
      body: ReadableStream.from(pieces).pipeThrough(new TextEncoderStream()),
      duplex: 'half',
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`POST recipients of ${campaignId} answered ${response.status}: ${text}`);
    return JSON.parse(text) as UploadAnswer;
  }

  /** Gives an order. @returns how it stands then @throws Error when it is refused */
  order(id: string, action: CampaignAction): Promise<CampaignView> {
    return callWell(`${this.#url}/${id}/${action}`, { method: 'POST', headers: this.#headers });
  }

  of(id: string): Promise<CampaignView> {
    return callWell(`${this.#url}/${id}`, { headers: this.#headers });
  }

  /** What the live stream tells, until the campaign has ended, the caller stops, or the signal comes. */
  async *stream(campaignId: string, { signal }: { signal?: AbortSignal } = {}): AsyncIterable<CampaignView> {
    const options = { headers: this.#headers, ...(signal && { signal }) };
    const response = await fetch(`${this.#url}/${campaignId}/stream`, options);
    if (!response.ok || !response.body) throw new Error(`the stream of ${campaignId} answered ${response.status}`);
    let text = '';
    for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
      const events = (text + piece).split('\n\n');
      text = events.pop()!;
      for (const event of events) {
        const data = /^event: campaign\ndata: (.*)$/.exec(event)?.[1];
        if (data !== undefined) yield JSON.parse(data) as CampaignView;
      }
    }
  }
}
