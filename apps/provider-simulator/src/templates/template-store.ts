import { newId } from '../world/new-id.ts';
import type { Checked } from '../check/check.ts';
import type { AccountSettings, SeededTemplate, templateStatus } from '../settings/account-settings.ts';
import type { newTemplate, TemplateComponent } from './template-shapes.ts';

export type TemplateStatus = Checked<typeof templateStatus>;

export interface Template {
  readonly id: string;
  readonly name: string;
  readonly language: string;
  category: string;
  status: TemplateStatus;
  rejection_reason?: string | undefined;
  quality?: string | undefined;
  readonly components: TemplateComponent[];
}

/** What the provider thinks of a template from now on; what is absent stays as it is. */
export interface TemplateChange {
  readonly status?: TemplateStatus | undefined;
  /** Of the status. */
  readonly reason?: string | undefined;
  readonly quality?: string | undefined;
  readonly category?: string | undefined;
}

/** The WhatsApp templates of one account. Name and language together are unique. */
export class TemplateStore {
  readonly providers: AccountSettings['providers'];
  readonly #templates = new Map<string, Template>();
  readonly #byId = new Map<string, Template>();
  /** How many language variants of a name are MARKETING. */
  readonly #marketing = new Map<string, number>();

  constructor({ providers, templates }: AccountSettings) {
    this.providers = providers;
    for (const template of templates) this.#seed(template);
  }

  #seed({ id, ...template }: SeededTemplate): void {
    this.#add({ id: id ?? newId(), ...template });
  }

  #add(template: Template): void {
    this.#templates.set(key(template.name, template.language), template);
    this.#byId.set(template.id, template);
    this.#countMarketing(template, 1);
  }

  #countMarketing({ name, category }: Template, by: 1 | -1): void {
    if (category === 'MARKETING') this.#marketing.set(name, (this.#marketing.get(name) ?? 0) + by);
  }

  list(): Template[] {
    return [...this.#templates.values()];
  }

  find(name: string, language: string): Template | undefined {
    return this.#templates.get(key(name, language));
  }

  byId(id: string): Template | undefined {
    return this.#byId.get(id);
  }

  /** Whether any language variant exists: tells a wrong name from a wrong language. */
  hasName(name: string): boolean {
    return this.list().some((template) => template.name === name);
  }

  /** Whether any language variant is MARKETING. */
  isMarketing(name: string): boolean {
    return (this.#marketing.get(name) ?? 0) > 0;
  }

  /** The provider thinks that it is of another category. */
  recategorise(template: Template, category: string): void {
    this.#countMarketing(template, -1);
    template.category = category;
    this.#countMarketing(template, 1);
  }

  /** A new template waits for review. The caller has checked that it does not exist. */
  create(definition: Checked<typeof newTemplate>): Template {
    const template: Template = { id: newId(), ...definition, status: 'PENDING' };
    this.#add(template);
    return template;
  }
}

function key(name: string, language: string): string {
  return `${name}\n${language}`;
}
