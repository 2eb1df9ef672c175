import type { ProviderAccess } from '@heliograph/providers';

/** How this service asks the providers of all accounts. */
export class ProviderAccesses {
  constructor(readonly all: readonly ProviderAccess[]) {}

  async close(): Promise<void> {
    await Promise.all(this.all.map((access) => access.close()));
  }
}
