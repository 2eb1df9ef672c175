import { suggestion } from '@heliograph/contracts';
import { readSettingsFile, type ErrorDetail } from '@heliograph/runtime';
import { CannedFile } from './canned-file.ts';
import { fill, hasStrayBraces, variablesOf } from './canned-text.ts';

export interface CannedResponse {
  readonly name: string;
  readonly text: string;
  readonly variables: readonly string[];
}

/** The named texts of each tenant (guide 003, "Agent Behavior"), as of the start of the process. */
export class CannedResponses {
  readonly #byTenant: ReadonlyMap<string, ReadonlyMap<string, CannedResponse>>;

  constructor(entries: readonly { readonly tenant: string; readonly name: string; readonly text: string }[]) {
    const tenants = new Map<string, Map<string, CannedResponse>>();
    for (const { tenant, name, text } of entries) {
      const own = tenants.get(tenant) ?? new Map<string, CannedResponse>();
      tenants.set(tenant, own.set(name, { name, text, variables: variablesOf(text) }));
    }
    this.#byTenant = tenants;
  }

  /**
   * @param path absent: none
   * @param tenants of the system; a response of another one is a misspelt one
   * @throws SettingsFileError with every problem of the file
   */
  static read(path: string | undefined, tenants: readonly string[]): CannedResponses {
    if (path === undefined) return new CannedResponses([]);
    const { responses } = readSettingsFile({ path, type: CannedFile, check: (file) => problemsOf(file, tenants) });
    return new CannedResponses(responses);
  }

  /** By name. */
  of(tenant: string): CannedResponse[] {
    const own = [...(this.#byTenant.get(tenant)?.values() ?? [])];
    return own.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @returns the text, or what is wrong: fields are paths in `{ name, variables }` */
  render(tenant: string, name: string, variables: Readonly<Record<string, unknown>>): string | ErrorDetail[] {
    const response = this.#byTenant.get(tenant)?.get(name);
    if (response) {
      const filled = fill(response.text, variables);
      if (typeof filled === 'string') return filled;
      return filled.map(({ field, reason }) => ({ field: `variables.${field}`, reason }));
    }
    const names = this.of(tenant).map((one) => one.name);
    const known = `(known: ${names.join(', ') || 'none'})`;
    return [{ field: 'name', reason: `is not one of your canned responses ${known}${suggestion(name, names)}` }];
  }
}

function problemsOf({ responses }: CannedFile, tenants: readonly string[]): ErrorDetail[] {
  const taken = new Map<string, string>();
  return responses.flatMap(({ tenant, name, text }, index) => {
    const at = `responses[${index}]`;
    const problems: ErrorDetail[] = [];
    if (!tenants.includes(tenant))
      problems.push({ field: `${at}.tenant`, reason: 'is no tenant of the accounts file' });
    const first = taken.get(`${tenant} ${name}`);
    if (first) problems.push({ field: `${at}.name`, reason: `is the same as ${first}` });
    else taken.set(`${tenant} ${name}`, `${at}.name`);
    if (hasStrayBraces(text)) problems.push({ field: `${at}.text`, reason: 'has {{ or }} that belong to no variable' });
    return problems;
  });
}
