import type {
  FieldProblem,
  TemplateChannel,
  TemplateDefinition,
  TemplateLanguage,
  TemplateVariable,
} from '@heliograph/contracts';
import type { CallOptions, CallResult } from './call-result.ts';

/** A template in one language, as a provider lists it. */
export interface ProviderTemplate {
  readonly providerTemplateId: string;
  readonly name: string;
  readonly language: string;
  /** The provider's word, upper case; only APPROVED may be sent, and PUBLISHED on channels other than WhatsApp. */
  readonly status: string;
  readonly category?: string;
  readonly rejectionReason?: string;
  /** Distinct placeholders of the body: how many values a send must carry. */
  readonly parameterCount: number;
  /** Distinct placeholders of the header. A send that carries body values only cannot fill them. */
  readonly headerParameterCount: number;
  /** `whatsapp` when absent. */
  readonly channel?: TemplateChannel;
  /** The provider's id of what it belongs to (guide 001, section 1), where it is looked up by both. */
  readonly provider?: string;
  /** GREEN, YELLOW, RED, UNKNOWN, upper case. */
  readonly quality?: string;
  /**
   * What it says. Absent where a part of it cannot be written as a definition. Providers number placeholders, so variables are
   * called by their place: `header_1`, `body_2`, `button_1` (the first button).
   */
  readonly components?: TemplateLanguage;
  /** Of `components`, with the types and samples that the provider tells of. */
  readonly variables?: readonly TemplateVariable[];
}

/** One part of the template list; there is more as long as `next` is given, also when `templates` is empty. */
export interface TemplatePage {
  readonly templates: readonly ProviderTemplate[];
  /** Cursor of the next page, opaque. */
  readonly next?: string;
  /** Entries of the answer that could not be read. */
  readonly problems: readonly FieldProblem[];
}

export interface ListOptions extends CallOptions {
  /** `next` of the page before; absent for the first. */
  readonly cursor?: string;
  /** Templates of these only; looked at with the first page. Absent: of every channel that has templates. */
  readonly channels?: readonly TemplateChannel[];
}

/** What WhatsApp templates of an account belong to: a provider (guide 001, section 1), or a WhatsApp business account. */
export interface TemplateProvider {
  readonly id: string;
}

/** Asks for one language of a definition to be created and reviewed. */
export interface TemplateSubmission {
  readonly definition: TemplateDefinition;
  readonly language: string;
  /** Of a WhatsApp template: what it is to belong to. */
  readonly provider?: string;
}

export interface SubmittedTemplate {
  readonly providerTemplateId: string;
  /** The provider's word, upper case. */
  readonly status: string;
}

/** Asks for a template by its id. */
export interface TemplateLookUp {
  readonly channel: TemplateChannel;
  readonly providerTemplateId: string;
  /** As in the state of a WhatsApp template. */
  readonly provider?: string;
}

/** Templates at the provider. Like every call of a client, each method makes at most one request. */
export interface TemplateClient {
  /** Every template of the account, page by page. */
  listTemplates(options: ListOptions): Promise<CallResult<TemplatePage>>;
  listTemplateProviders(options: CallOptions): Promise<CallResult<readonly TemplateProvider[]>>;
  /**
   * `refused` with `template-exists` when there is one of that name and language; the reason of any other refusal is what the
   * provider says of it. `throttled` with `of: 'templates'`: no template may be created before `retryAt`, everything else may go on.
   */
  createTemplate(request: TemplateSubmission, options: CallOptions): Promise<CallResult<SubmittedTemplate>>;
  /** `refused` with `not-found` when there is none of that id. */
  getTemplate(request: TemplateLookUp, options: CallOptions): Promise<CallResult<ProviderTemplate>>;
}
