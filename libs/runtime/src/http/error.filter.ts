import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { throwError, type Observable } from 'rxjs';
import type { Log } from '../log/log.ts';
import { errorBody } from './error-body.ts';

/** Seconds after which a client is asked to try again when something we depend on is away. */
const RETRY_AFTER_S = 1;

/** The one exception filter of a service, for both ways in which work arrives. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(exception: unknown, host: ArgumentsHost): Observable<never> | void {
    // Nest's own filter would replace the error by a text, and the consumer decides by the error's class.
    if (host.getType() === 'rpc') return throwError(() => exception);
    const http = host.switchToHttp();
    this.answer(exception, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  private answer(exception: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const body = errorBody(exception);
    if (body.statusCode >= 500) {
      const route = request.routeOptions?.url ?? 'unmatched';
      const fields = { method: request.method, route, status: body.statusCode, err: exception };
      if (body.statusCode === 503) this.log.warn(fields, 'request refused for now');
      else this.log.error(fields, 'request failed');
    }
    if (reply.sent) return;
    if (body.statusCode === 503) void reply.header('retry-after', String(RETRY_AFTER_S));
    void reply.code(body.statusCode).type('application/json').send(body);
  }
}
