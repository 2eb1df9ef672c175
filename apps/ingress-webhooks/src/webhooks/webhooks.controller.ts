import { All, Controller, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CHECKED, NOT_ALLOWED, type WebhookAnswer } from './webhook-answer.ts';
import { WebhooksService } from './webhooks.service.ts';

/** The door for every provider: `/webhooks/{profile}/{account}`. */
@Controller('webhooks/:profile/:account')
export class WebhooksController {
  constructor(private readonly webhooks: WebhooksService) {}

  /**
   * POST is answered when every event of the body is durable, or with the reason why not. GET is for a provider's check
   * that the address answers, and says nothing about profile or account.
   */
  @All()
  async handle(
    @Param('profile') profile: string,
    @Param('account') account: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const answer = await this.answerTo(profile, account, request);
    if (answer.retryAfter !== undefined) reply.header('retry-after', String(answer.retryAfter));
    if (answer.close) reply.header('connection', 'close');
    if (answer === NOT_ALLOWED) reply.header('allow', 'GET, HEAD, POST');
    await reply.code(answer.status).type('application/json; charset=utf-8').send(answer.body);
  }

  private answerTo(profile: string, account: string, { method, raw }: FastifyRequest): Promise<WebhookAnswer> {
    if (method === 'POST') return this.webhooks.receive(profile, account, raw);
    return Promise.resolve(method === 'GET' || method === 'HEAD' ? CHECKED : NOT_ALLOWED);
  }
}
