import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { runtimeMetrics } from '../metrics.ts';
import { runWithTraceparent } from '../tracing.ts';
import { boundBodies, type BodyBounds } from './streamed-bodies.ts';

/** 1 MiB. */
const DEFAULT_BODY_LIMIT_BYTES = 1_048_576;
/** A client that takes longer than this to send its request is cut off. */
const RECEIVE_WITHIN_MS = 30_000;
/** How long the rest of a body may still come that nobody reads: the client gets its answer, and is cut off then. */
const REST_WITHIN_MS = 5_000;

const BOUNDS: BodyBounds = { receiveWithinMs: RECEIVE_WITHIN_MS, restWithinMs: REST_WITHIN_MS };

export interface AdapterOptions {
  readonly bodyLimitBytes?: number | undefined;
  /** There are routes whose bodies are streams of any length (`STREAMED`); headers and bodies are bounded by themselves then. */
  readonly streams?: Partial<BodyBounds> | undefined;
}

/** Fastify as every service uses it: body limit, trace context from `traceparent`, request times. */
export function createAdapter({
  bodyLimitBytes: bodyLimit = DEFAULT_BODY_LIMIT_BYTES,
  streams,
}: AdapterOptions = {}): FastifyAdapter {
  const bounds = { ...BOUNDS, ...streams };
  const requestTimeout = streams ? 0 : RECEIVE_WITHIN_MS;
  const http = streams && { headersTimeout: bounds.receiveWithinMs };
  const adapter = new FastifyAdapter({ bodyLimit, requestTimeout, ...(http && { http }) });
  const fastify: FastifyInstance = adapter.getInstance();
  if (streams) boundBodies(fastify, bounds);
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
