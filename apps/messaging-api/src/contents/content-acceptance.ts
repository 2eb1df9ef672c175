import { Injectable } from '@nestjs/common';
import { fit } from '@heliograph/channels';
import { ContentFilters } from '@heliograph/content-filters';
import type { MessageContent, TemplateChoice } from '@heliograph/contracts';
import { ApiError, badRequest } from '@heliograph/http-api';
import type { ErrorDetail } from '@heliograph/runtime';
import { CannedResponses } from '../canned/canned-responses.ts';
import type { SendMessageRequest } from '../messages/send-message.request.ts';
import { Senders } from '../messages/senders.ts';
import { Templates } from '../templates/templates.ts';
import { readTemplate, type RequestedContent } from './read-content.ts';
import { gathered, requestedContents } from './requested-contents.ts';

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
  /** What the sender should know although the message is taken. */
  readonly notices: readonly string[];
}

/** What is checked of contents when a message is accepted: filters of the tenant, then what the channel can carry. */
@Injectable()
export class ContentAcceptance {
  constructor(
    private readonly canned: CannedResponses,
    private readonly filters: ContentFilters,
    private readonly senders: Senders,
    private readonly templates: Templates,
  ) {}

  /**
   * @throws ApiError 400 with every wrong field: unreadable, not what the template wants, stopped by a filter, or more than the
   *   channel can carry
   * @throws Unavailable while nothing is known of templates, and one is named
   */
  accept(request: SendMessageRequest, tenant: string): AcceptedContents {
    const asked = requestedContents(request, tenant, this.canned);
    const fallback = fallbackOf(request);
    const all = fallback ? [...asked, fallback] : asked;
    const notices = this.templateNotices(all, request, tenant);
    const { contents, flagged } = this.filtered(all, tenant);
    const window = fallback && contents.pop()!.content;
    const fitted = fittedTo(contents, request);
    const windowTemplate = window && choiceOf(window);
    return { asked: asked.map(({ content }) => content), contents: fitted, windowTemplate, flagged, notices };
  }

  /** Templates of the files get a value for each variable and for nothing else; the send looks at it again. */
  private templateNotices(
    asked: readonly RequestedContent[],
    { channel, sender }: SendMessageRequest,
    tenant: string,
  ): string[] {
    const named = asked.filter(({ content }) => content.variables !== undefined);
    if (named.length === 0) return [];
    const account = this.senders.accountOf(tenant, channel, sender);
    const judged = named.map((one) => ({ one, ...this.templates.judge({ tenant, account, channel }, one.content) }));
    const problems = judged.flatMap(({ one, problems: its }) =>
      its.map(({ field, reason }) => ({ field: fieldOf(one, field), reason })),
    );
    if (problems.length > 0) throw badRequest(problems);
    return judged.flatMap(({ notice }) => (notice === undefined ? [] : [notice]));
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
const fallbackOf = ({ windowTemplate }: SendMessageRequest): RequestedContent | undefined =>
  windowTemplate && gathered([readTemplate(windowTemplate, 'windowTemplate')])[0];

const choiceOf = ({ name, language, variables, parameters }: MessageContent): TemplateChoice => ({
  name: name!,
  language: language!,
  ...(variables ? { variables } : { parameters: parameters! }),
});

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
