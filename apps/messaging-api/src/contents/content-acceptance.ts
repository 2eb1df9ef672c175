import { Injectable } from '@nestjs/common';
import { fit } from '@heliograph/channels';
import { ContentFilters } from '@heliograph/content-filters';
import type { MessageContent, TemplateChoice } from '@heliograph/contracts';
import { ApiError, badRequest } from '@heliograph/http-api';
import type { ErrorDetail } from '@heliograph/runtime';
import { CannedResponses } from '../canned/canned-responses.ts';
import type { SendMessageRequest } from '../messages/send-message.request.ts';
import type { RequestedContent } from './read-content.ts';
import { requestedContents } from './requested-contents.ts';

/** Messages that one request may become. */
const MOST_PARTS = 20;

export interface AcceptedContents {
  /** As asked for, before filters and splitting. */
  readonly asked: readonly MessageContent[];
  /** What each message is to say, in order. */
  readonly contents: readonly MessageContent[];
  readonly windowTemplate?: TemplateChoice;
  /** Names of the content filters that found something and let it pass. */
  readonly flagged: readonly string[];
}

/** What is checked of contents when a message is accepted: filters of the tenant, then what the channel can carry. */
@Injectable()
export class ContentAcceptance {
  constructor(
    private readonly canned: CannedResponses,
    private readonly filters: ContentFilters,
  ) {}

  /** @throws ApiError 400 with every wrong field: unreadable, stopped by a filter, or more than the channel can carry */
  accept(request: SendMessageRequest, tenant: string): AcceptedContents {
    const asked = requestedContents(request, tenant, this.canned);
    const fallback = fallbackOf(request);
    const { contents, flagged } = this.filtered(fallback ? [...asked, fallback] : asked, tenant);
    const window = fallback && contents.pop()!.content;
    const fitted = fittedTo(contents, request);
    const windowTemplate = window && { name: window.name!, language: window.language!, parameters: window.parameters! };
    return { asked: asked.map(({ content }) => content), contents: fitted, windowTemplate, flagged };
  }

  private filtered(
    asked: readonly RequestedContent[],
    tenant: string,
  ): { contents: RequestedContent[]; flagged: string[] } {
    const contents: RequestedContent[] = [];
    const flagged = new Set<string>();
    const blocked: ErrorDetail[] = [];
    for (const one of asked) {
      const judged = this.filters.judge(tenant, one.content);
      if (judged.verdict === 'passed') {
        contents.push({ ...one, content: judged.content });
        for (const name of judged.flagged) flagged.add(name);
        continue;
      }
      for (const { filter, fields } of judged.by) {
        const reason = `content-blocked: stopped by the content filter "${filter}"`;
        blocked.push(...fields.map((field) => ({ field: fieldOf(one, field), reason })));
      }
    }
    if (blocked.length === 0) return { contents, flagged: [...flagged] };
    const [{ field, reason }] = blocked as [ErrorDetail];
    throw new ApiError(400, `${field} ${reason}`, blocked);
  }
}

/** The template that is sent while the window is closed. */
function fallbackOf({ windowTemplate }: SendMessageRequest): RequestedContent | undefined {
  if (!windowTemplate) return undefined;
  const { name, language, parameters = [] } = windowTemplate;
  return { content: { type: 'template', name, language, parameters }, at: 'windowTemplate' };
}

/** Degrading is left to the moment of sending: here it only must be possible. */
function fittedTo(
  asked: readonly RequestedContent[],
  { channel, ifUnsupported: policy = 'refuse' }: SendMessageRequest,
): MessageContent[] {
  const problems: ErrorDetail[] = [];
  const fitted = asked.flatMap((one) => {
    const result = fit(one.content, channel, policy);
    if (result.ok) return result.degraded ? [one.content] : result.contents;
    problems.push(...result.problems.map(({ field, reason }) => ({ field: fieldOf(one, field), reason })));
    return [];
  });
  if (problems.length > 0) throw badRequest(problems);
  if (fitted.length <= MOST_PARTS) return fitted;
  const reason = `would become ${fitted.length} messages; at most ${MOST_PARTS} are allowed`;
  throw badRequest([{ field: asked[0]!.at.split('.', 1)[0] || 'text', reason }]);
}

/** Where in the request a field of a content stands; its type is the whole of it. */
function fieldOf({ at }: RequestedContent, field: string): string {
  if (at === '') return field;
  return field === 'type' ? at : `${at}.${field}`;
}
