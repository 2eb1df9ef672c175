import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { defaulting, FieldError, integer, list, object, optional, text, type Checked } from '../check/check.ts';
import { accountSettings } from './account-settings.ts';
import { limitSettings } from './limit-settings.ts';

const crmSettings = object({
  apiKey: text(),
  limit: optional(limitSettings),
  latencyMs: defaulting(integer({ max: 600_000 }), 0),
});

const shape = object({
  /** Of every chance that is taken (fault probability, receipt order). */
  seed: defaulting(integer(), 1),
  /** How many requests, and how many events, are kept. */
  evidenceCapacity: defaulting(integer({ min: 1, max: 10_000_000 }), 1_000_000),
  accounts: list(accountSettings, { min: 1 }),
  crm: optional(crmSettings),
});

export type Settings = Checked<typeof shape>;
export type CrmSettings = Checked<typeof crmSettings>;

/** Throws `FieldError` for anything missing, unknown, wrong or given twice. */
export function checkSettings(value: unknown): Settings {
  const settings = shape(value, '');
  const ids = settings.accounts.map((account) => account.id);
  const clients = new Set<string>();
  const claim = (client: { id: string } | undefined, field: string): void => {
    if (client && clients.has(client.id)) throw new FieldError(`${field}.id`, 'is given twice');
    if (client) clients.add(client.id);
  };
  ids.forEach((id, index) => {
    if (ids.indexOf(id) !== index) throw new FieldError(`accounts[${index}].id`, 'is given twice');
    if (id === 'crm') throw new FieldError(`accounts[${index}].id`, 'is the name of the CRM');
    claim(settings.accounts[index]?.client, `accounts[${index}].client`);
    claim(settings.accounts[index]?.secondaryClient, `accounts[${index}].secondaryClient`);
  });
  return settings;
}

/** Reads the settings file. `secretFile` and `apiKeyFile` stand for the content of a file beside it. */
export function readSettings(file: string): Settings {
  const folder = dirname(resolve(file));
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'), (_key, value: unknown) => {
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? withSecrets(value, folder) : value;
  });
  return checkSettings(parsed);
}

function withSecrets(value: object, folder: string): object {
  const entries = Object.entries(value).map(([key, entry]): [string, unknown] => {
    if ((key !== 'secretFile' && key !== 'apiKeyFile') || typeof entry !== 'string') return [key, entry];
    return [key.slice(0, -'File'.length), readFileSync(resolve(folder, entry), 'utf8').trim()];
  });
  return Object.fromEntries(entries);
}
