import { TEMPLATE_CHANNELS } from '@heliograph/contracts';
import type { CallOptions, CallResult } from '../call-result.ts';
import type {
  ListOptions,
  ProviderTemplate,
  SubmittedTemplate,
  TemplateClient,
  TemplateLookUp,
  TemplatePage,
  TemplateProvider,
  TemplateSubmission,
} from '../template-client.ts';
import { isText, valueAt } from '../field-reader.ts';
import { idOf, segment, type Caller } from './client-call.ts';
import { templateBody } from './template-bodies.ts';
import {
  readCursor,
  readFirstPage,
  readProviders,
  readTemplate,
  readTemplates,
  type TemplateSource,
} from './templates.ts';

/** Guide 001, section 1. */
const PROVIDERS = '/api/v2/messaging/providers';
/** Guide 002, section 2. That the list is there, too, is assumed. */
const MESSAGING_TEMPLATES = '/api/v2/messaging/templates';
const NO_PROVIDER = 'provider: a WhatsApp template belongs to one (guide 001, section 1)';

/** Templates of guide 001, sections 1 and 2 and of guide 002, section 2 and edge case 3. */
export class GuideTemplates implements TemplateClient {
  constructor(private readonly call: Caller) {}

  async listTemplates(options: ListOptions): Promise<CallResult<TemplatePage>> {
    const { cursor, channels = TEMPLATE_CHANNELS } = options;
    const others: TemplateSource[] = channels.some((channel) => channel !== 'whatsapp') ? ['messaging'] : [];
    if (cursor !== undefined) return this.listOf(readCursor(cursor), options);
    if (!channels.includes('whatsapp')) return this.listOf(others, options);
    return this.call(options, { path: PROVIDERS, sent: [], read: (json) => readFirstPage(json, others) });
  }

  /** One list, and as cursor the lists after it. */
  private async listOf(sources: readonly TemplateSource[], options: CallOptions): Promise<CallResult<TemplatePage>> {
    const [source, ...rest] = sources;
    if (source === undefined) return { outcome: 'ok', value: { templates: [], problems: [] } };
    const read = (json: unknown) => readTemplates(json, source, rest);
    const result = await this.call(options, { path: pathOf(source), sent: [], read });
    // An organisation without the add-on for SMS and e-mail (002, prerequisites) has no such list.
    const none = source === 'messaging' && result.outcome === 'refused' && result.code === 'not-found';
    return none ? { outcome: 'ok', value: { templates: [], problems: [] } } : result;
  }

  listTemplateProviders(options: CallOptions): Promise<CallResult<readonly TemplateProvider[]>> {
    return this.call(options, { path: PROVIDERS, sent: [], read: readProviders });
  }

  async createTemplate(request: TemplateSubmission, options: CallOptions): Promise<CallResult<SubmittedTemplate>> {
    const source = sourceOf(request.definition.channel, request.provider);
    if (!source) return refused(NO_PROVIDER);
    const body = templateBody(request);
    if (!body.ok) return refused(body.reason);
    const result = await this.call(options, {
      path: pathOf(source),
      body: body.value,
      // A definition says nothing of a customer, and whoever wrote it has to read what is wrong with it.
      sent: [],
      read: (json) => idOf(json, (providerTemplateId) => ({ providerTemplateId, status: statusOf(json) })),
    });
    const exists = result.outcome === 'refused' && result.reason.startsWith('status 409');
    return exists ? { ...result, code: 'template-exists' } : result;
  }

  async getTemplate(request: TemplateLookUp, options: CallOptions): Promise<CallResult<ProviderTemplate>> {
    const { channel, provider, providerTemplateId } = request;
    const source = sourceOf(channel, provider);
    if (!source) return refused(NO_PROVIDER);
    const path = `${pathOf(source)}/${segment(providerTemplateId)}`;
    return this.call(options, { path, sent: [], read: (json) => readTemplate(json, source) });
  }
}

function sourceOf(channel: TemplateLookUp['channel'], provider: string | undefined): TemplateSource | undefined {
  if (channel !== 'whatsapp') return 'messaging';
  return provider === undefined ? undefined : { provider };
}

const pathOf = (source: TemplateSource): string =>
  source === 'messaging' ? MESSAGING_TEMPLATES : `${PROVIDERS}/${segment(source.provider)}/templates`;

/** Where it does not say, nothing is approved: "templates are not immediately usable upon creation" (guide 001, section 2). */
function statusOf(json: unknown): string {
  const status = valueAt(json, 'status');
  return isText(status) ? status.toUpperCase() : 'PENDING';
}

const refused = <T>(reason: string): CallResult<T> => ({ outcome: 'refused', code: 'invalid-request', reason });
