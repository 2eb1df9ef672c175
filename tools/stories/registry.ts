import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@heliograph/testing';
import type { Stack } from '../stack/stack-file.ts';
import { readFolder } from '../templates/files.ts';
import { callJson } from './http.ts';

/** The example templates of this repository. */
const FOLDER = join(import.meta.dirname, '..', '..', 'templates');

export interface TemplateProgress {
  readonly wanted: number;
  readonly submitted: number;
  readonly inReview: number;
}

/** Applies the example templates, as `npm run templates -- apply` does. */
export function applyExamples(stack: Stack): Promise<unknown> {
  return callRegistry(stack, '/apply', { files: readFolder(FOLDER) });
}

export const templateProgress = (stack: Stack): Promise<TemplateProgress> => callRegistry(stack, '/progress');

export interface Reviewed {
  readonly name: string;
  readonly language: string;
  readonly status: 'APPROVED' | 'REJECTED';
  readonly rejection_reason?: string;
}

/** From when ingress has acknowledged that a template is withdrawn to when nothing leaves with it any more. */
const AT_MOST_MS = 1_000;

/** The provider decides about a template, and tells of it; returns when every message is sent accordingly. */
export async function review(stack: Stack, verdict: Reviewed): Promise<void> {
  const { name, language, status } = verdict;
  const url = `${stack.simulator.control}/accounts/${stack.accounts[0]?.id}/templates`;
  await callJson(url, { method: 'PUT', body: verdict });
  const isTold = async () => {
    const { versions } = await callRegistry<Known>(stack, `/${name}`);
    return versions.at(0)?.languages.some((one) => one.language === language && one.status === status);
  };
  await waitFor(isTold, { description: `template-registry knows that ${name} is ${status}` });
  await delay(AT_MOST_MS);
}

interface Known {
  readonly versions: readonly {
    readonly languages: readonly { readonly language: string; readonly status: string }[];
  }[];
}

function callRegistry<T>({ services, api }: Stack, path: string, body?: object): Promise<T> {
  const address = services.find(({ name }) => name === 'template-registry')?.address ?? '';
  const headers = { authorization: `Bearer ${api.key}` };
  return callJson<T>(`${address}/v1/templates${path}`, { headers, ...(body && { method: 'POST', body }) });
}
