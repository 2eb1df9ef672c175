import type { ProviderAccess, ProviderTemplate } from '@heliograph/providers';
import { Unavailable } from '@heliograph/runtime';
import { listTemplates } from './template-lister.ts';

const WITHIN_MS = 20_000;

/** What providers list now, for people who ask; in any replica. */
export class ProviderLists {
  private readonly accesses: ReadonlyMap<string, ProviderAccess>;

  constructor(accesses: readonly ProviderAccess[]) {
    this.accesses = new Map(accesses.map((access) => [access.account.id, access]));
  }

  /** @throws Unavailable when the provider cannot be read within 20 s */
  async all(account: string): Promise<readonly ProviderTemplate[]> {
    const access = this.accesses.get(account);
    if (!access) throw new Error(`there is no account ${account}`);
    const signal = AbortSignal.timeout(WITHIN_MS);
    const result = await listTemplates(access, signal).catch((error: unknown) => {
      if (signal.aborted) throw new Unavailable('the provider', `it was not read within ${WITHIN_MS} ms`);
      throw error;
    });
    if (result.kind === 'ok') return result.listing.templates;
    throw new Unavailable('the provider', result.reason);
  }

  /** As {@link all}, to look up by name and language. */
  async read(account: string): Promise<(name: string, language: string) => ProviderTemplate | undefined> {
    const templates = await this.all(account);
    const byPlace = new Map(templates.map((one) => [JSON.stringify([one.name, one.language]), one]));
    return (name, language) => byPlace.get(JSON.stringify([name, language]));
  }
}
