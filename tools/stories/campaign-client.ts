import type { CampaignAction, CampaignProgress, CampaignStateWord, UploadCounts } from '@heliograph/contracts';
import type { Stack } from '../stack/stack-file.ts';
import { callJson, HttpError } from './http.ts';

/** A campaign as `GET /v1/campaigns/{id}` shows it, as far as it is told here. */
export interface Campaign {
  readonly campaignId: string;
  readonly state: CampaignStateWord;
  readonly reasons: readonly { readonly reason: string }[];
  readonly progress: CampaignProgress;
  /** ISO 8601. */
  readonly expectedEnd?: string;
}

export interface Upload extends UploadCounts {
  readonly errors: readonly { readonly line: number; readonly field?: string; readonly reason: string }[];
}

export function createCampaign(stack: Stack, request: object, key: string): Promise<Campaign> {
  return callJson(urlOf(stack), {
    method: 'POST',
    headers: { ...keyOf(stack), 'idempotency-key': key },
    body: request,
  });
}

/** @param csv with a header */
export async function uploadRecipients(stack: Stack, id: string, csv: string): Promise<Upload> {
  const url = urlOf(stack, id, 'recipients');
  const headers = { ...keyOf(stack), 'content-type': 'text/csv' };
  const answer = await fetch(url, { method: 'POST', headers, body: csv, signal: AbortSignal.timeout(10_000) });
  const text = await answer.text();
  if (!answer.ok) throw new HttpError('POST', url, answer.status, text);
  return JSON.parse(text) as Upload;
}

export function orderCampaign(stack: Stack, id: string, action: CampaignAction): Promise<Campaign> {
  return callJson(urlOf(stack, id, action), { method: 'POST', headers: keyOf(stack) });
}

export function campaignOf(stack: Stack, id: string): Promise<Campaign> {
  return callJson(urlOf(stack, id), { headers: keyOf(stack) });
}

/** Reads the live stream of a campaign until it has ended, or the signal says so. */
export async function followCampaign(
  stack: Stack,
  id: string,
  { onChange, signal }: { onChange: (campaign: Campaign) => void; signal: AbortSignal },
): Promise<void> {
  const url = urlOf(stack, id, 'stream');
  const answer = await fetch(url, { headers: keyOf(stack), signal });
  if (!answer.ok || !answer.body) throw new HttpError('GET', url, answer.status, await answer.text());
  let text = '';
  for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
    const events = (text + piece).split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (data !== undefined) onChange(JSON.parse(data) as Campaign);
    }
  }
}

const keyOf = ({ api }: Stack): Record<string, string> => ({ authorization: `Bearer ${api.key}` });
const urlOf = ({ api }: Stack, ...path: string[]): string => [`${api.address}/v1/campaigns`, ...path].join('/');
