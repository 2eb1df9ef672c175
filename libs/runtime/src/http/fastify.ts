import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { runtimeMetrics } from '../metrics.ts';
import { runWithTraceparent } from '../tracing.ts';

/** 1 MiB. */
const DEFAULT_BODY_LIMIT_BYTES = 1_048_576;
/** A client that takes longer than this to send its request is cut off. */
const REQUEST_TIMEOUT_MS = 30_000;

/** Fastify as every service uses it: body limit, trace context from `traceparent`, request times. */
export function createAdapter(bodyLimitBytes = DEFAULT_BODY_LIMIT_BYTES): FastifyAdapter {
  const adapter = new FastifyAdapter({ bodyLimit: bodyLimitBytes, requestTimeout: REQUEST_TIMEOUT_MS });
  const fastify: FastifyInstance = adapter.getInstance();
  // The body arrives in stream events, which leave the async context of earlier hooks; after preValidation none follow.
  fastify.addHook('preValidation', (request, _reply, done) => {
    const { traceparent } = request.headers;
    runWithTraceparent(typeof traceparent === 'string' ? traceparent : undefined, done);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unmatched';
    const labels = { method: request.method, route, status: String(reply.statusCode) };
    runtimeMetrics.httpSeconds.observe(labels, reply.elapsedTime / 1000);
    done();
  });
  return adapter;
}

/** Hands every body to its handler as the Buffer that came, whatever its content type, unparsed. */
export function acceptRawBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, bytes, done) => done(null, bytes));
}
