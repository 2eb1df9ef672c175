import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { runtimeMetrics } from '../metrics.ts';
import { runWithTraceparent } from '../tracing.ts';

/** 1 MiB. */
const DEFAULT_BODY_LIMIT_BYTES = 1_048_576;
/** A client that takes longer than this to send its headers, and then its body, is cut off. */
const RECEIVE_WITHIN_MS = 30_000;

/** How long the rest of a body may still come that nobody reads: the client gets its answer, and is cut off then. */
const REST_WITHIN_MS = 5_000;

/** In the configuration of a route: its body may take any time to come. Whoever reads it says how long nothing may come. */
export const STREAMED = 'streamed';

export const isStreamed = ({ routeOptions }: FastifyRequest): boolean =>
  (routeOptions.config as Partial<Record<typeof STREAMED, boolean>>)[STREAMED] === true;

/**
 * Fastify as every service uses it: body limit, trace context from `traceparent`, request times.
 *
 * @param receiveWithinMs in which the headers must have come, and then the body
 * @param restWithinMs in which the rest of a body must have come that was answered before its end
 */
export function createAdapter(
  bodyLimitBytes = DEFAULT_BODY_LIMIT_BYTES,
  receiveWithinMs = RECEIVE_WITHIN_MS,
  restWithinMs = REST_WITHIN_MS,
): FastifyAdapter {
  const http = { headersTimeout: receiveWithinMs };
  const adapter = new FastifyAdapter({ bodyLimit: bodyLimitBytes, requestTimeout: 0, http });
  const fastify: FastifyInstance = adapter.getInstance();
  boundBodies(fastify, receiveWithinMs);
  // The body arrives in stream events, which leave the async context of earlier hooks; after preValidation none follow.
  fastify.addHook('preValidation', (request, _reply, done) => {
    const { traceparent } = request.headers;
    runWithTraceparent(typeof traceparent === 'string' ? traceparent : undefined, done);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    dropRest(request, restWithinMs);
    const route = request.routeOptions.url ?? 'unmatched';
    const labels = { method: request.method, route, status: String(reply.statusCode) };
    runtimeMetrics.httpSeconds.observe(labels, reply.elapsedTime / 1000);
    done();
  });
  return adapter;
}

/** Node's own bound is one for all requests of a server, also for those whose body is a stream of any length. */
function boundBodies(fastify: FastifyInstance, withinMs: number): void {
  const timers = new WeakMap<FastifyRequest, NodeJS.Timeout>();
  fastify.addHook('onRequest', (request, _reply, done) => {
    const cutOff = () => void (request.raw.complete || request.raw.destroy());
    if (!isStreamed(request)) timers.set(request, setTimeout(cutOff, withinMs).unref());
    done();
  });
  fastify.addHook('preValidation', (request, _reply, done) => {
    clearTimeout(timers.get(request));
    done();
  });
}

/** Whoever was answered before the end of a body would wait for ever for it to be taken. */
function dropRest({ raw }: FastifyRequest, withinMs: number): void {
  if (raw.complete || raw.destroyed) return;
  raw.resume();
  setTimeout(() => void (raw.complete || raw.destroy()), withinMs).unref();
}

/** Hands every body to its handler as the Buffer that came, whatever its content type, unparsed. */
export function acceptRawBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, bytes, done) => done(null, bytes));
}
