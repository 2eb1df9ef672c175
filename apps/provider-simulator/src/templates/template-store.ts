import { newId } from '../world/new-id.ts';
import type { Checked } from '../check/check.ts';
import type { AccountSettings, SeededTemplate, templateStatus } from '../settings/account-settings.ts';
import type { newTemplate, TemplateComponent } from './template-shapes.ts';

export type TemplateStatus = Checked<typeof templateStatus>;

export interface Template {
  readonly id: string;
  readonly name: string;
  readonly language: string;
  readonly category: string;
  status: TemplateStatus;
  rejection_reason?: string | undefined;
  readonly components: TemplateComponent[];
}

/** The templates of one account. Name and language together are unique. */
export class TemplateStore {
  readonly providers: AccountSettings['providers'];
  readonly #templates = new Map<string, Template>();
  readonly #marketing = new Set<string>();

  constructor({ providers, templates }: AccountSettings) {
    this.providers = providers;
    for (const template of templates) this.#seed(template);
  }

  #seed({ id, ...template }: SeededTemplate): void {
    this.#add({ id: id ?? newId(), ...template });
  }

  #add(template: Template): void {
    this.#templates.set(key(template.name, template.language), template);
    if (template.category === 'MARKETING') this.#marketing.add(template.name);
  }

  list(): Template[] {
    return [...this.#templates.values()];
  }

  find(name: string, language: string): Template | undefined {
    return this.#templates.get(key(name, language));
  }

  byId(id: string): Template | undefined {
    return this.list().find((template) => template.id === id);
  }

  /** Whether any language variant exists: tells a wrong name from a wrong language. */
  hasName(name: string): boolean {
    return this.list().some((template) => template.name === name);
  }

  /** Whether any language variant is MARKETING. */
  isMarketing(name: string): boolean {
    return this.#marketing.has(name);
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
