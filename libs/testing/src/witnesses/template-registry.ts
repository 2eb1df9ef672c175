import { callWell } from './http.ts';

export interface TemplateText {
  /** Problems name it so. */
  readonly path: string;
  /** YAML. */
  readonly text: string;
}

export interface TemplatePlan {
  readonly applicable: boolean;
  readonly problems: readonly { file: string; rule: string; reason: string; severity: string }[];
  readonly counts: Readonly<Record<string, number>>;
}

export interface SubmissionProgress {
  readonly wanted: number;
  readonly submitted: number;
  readonly waiting: number;
  readonly sendable: number;
  readonly inReview: number;
  readonly refused: readonly unknown[];
}

export interface RegisteredTemplate {
  readonly name: string;
  readonly sends: readonly { language: string; sends?: string; by?: string; why?: string }[];
  readonly versions: readonly {
    languages: readonly { language: string; status: string; history: readonly { status: string; source: string }[] }[];
  }[];
}

/** The HTTP door of template-registry as a program uses it. */
export class TemplateRegistryApi {
  readonly #url: string;
  readonly #headers: Record<string, string>;

  constructor(address: string, key: string) {
    this.#url = `${address}/v1/templates`;
    this.#headers = { authorization: `Bearer ${key}` };
  }

  plan(files: readonly TemplateText[]): Promise<TemplatePlan> {
    return callWell(`${this.#url}/plan`, { method: 'POST', headers: this.#headers, body: { files } });
  }

  /** @throws Error when it is not applied */
  apply(files: readonly TemplateText[]): Promise<TemplatePlan> {
    return callWell(`${this.#url}/apply`, { method: 'POST', headers: this.#headers, body: { files } });
  }

  progress(): Promise<SubmissionProgress> {
    return callWell(`${this.#url}/progress`, { headers: this.#headers });
  }

  template(name: string): Promise<RegisteredTemplate> {
    return callWell(`${this.#url}/${name}`, { headers: this.#headers });
  }
}
