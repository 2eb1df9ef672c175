import { request } from 'undici';
import type { CrmClientOptions } from '../crm/crm-client.ts';

/** A mark that was set or taken away in the CRM. */
export interface CrmChange {
  /** Its number in the CRM. */
  readonly change: number;
  /** `api` for what we wrote ourselves. */
  readonly by: string;
  readonly at: string;
  readonly doNotContact: boolean;
  readonly contact?: { readonly tenant: string; readonly channel: string; readonly address: string };
}

const PAGE = 500;

/** What users of the CRM have marked: kept by the CRM until it is acknowledged, so nothing is lost while nobody reads. */
export class CrmChangesClient {
  constructor(private readonly options: Pick<CrmClientOptions, 'url' | 'apiKey' | 'timeoutMs'>) {}

  /** The oldest that are not acknowledged, in their order. @throws Error, without anything private */
  async waiting(): Promise<CrmChange[]> {
    const { entities } = (await this.ask('GET', `?limit=${PAGE}`)) as { entities: CrmChange[] };
    return entities;
  }

  /** Everything up to this one. @throws Error; repeating is safe */
  async acknowledge(change: number): Promise<void> {
    await this.ask('PUT', '/acknowledged', { change });
  }

  private async ask(method: 'GET' | 'PUT', path: string, body?: object): Promise<unknown> {
    const { url, apiKey, timeoutMs } = this.options;
    const answer = await request(`${url.replace(/\/+$/, '')}/v1/contact-changes${path}`, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 200)
      throw new Error(`the CRM answers ${method} contact-changes with ${answer.statusCode}`);
    return JSON.parse(text) as unknown;
  }
}
