import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A request for a command about a conversation, as it came: nothing of it is checked. */
export interface GivenCommand {
  /** Of the conversation. */
  readonly id: string;
  readonly body: unknown;
  readonly rawHeaders: readonly string[];
  readonly reply: FastifyReply;
}

export const Given = createParamDecorator((_: unknown, context: ExecutionContext): GivenCommand => {
  const http = context.switchToHttp();
  const { params, body, raw } = http.getRequest<FastifyRequest<{ Params: { id: string } }>>();
  return { id: params.id, body, rawHeaders: raw.rawHeaders, reply: http.getResponse<FastifyReply>() };
});
