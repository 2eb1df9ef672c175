import type { FastifyInstance, FastifyRequest } from 'fastify';

/** In the configuration of a route: its body may take any time to come. Whoever reads it says how long nothing may come. */
export const STREAMED = 'streamed';

export const isStreamed = ({ routeOptions }: FastifyRequest): boolean =>
  (routeOptions.config as Partial<Record<typeof STREAMED, boolean>>)[STREAMED] === true;

/** Milliseconds. */
export interface BodyBounds {
  /** In which the body of a route that is not streamed must have come, once its headers have. */
  readonly receiveWithinMs: number;
  /** In which the rest of a body must have come that was answered before its end. */
  readonly restWithinMs: number;
}

/** Node's own bound is one for all requests of a server, also for those whose body is a stream of any length. */
export function boundBodies(fastify: FastifyInstance, { receiveWithinMs, restWithinMs }: BodyBounds): void {
  const timers = new WeakMap<FastifyRequest, NodeJS.Timeout>();
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (!isStreamed(request)) timers.set(request, setTimeout(() => cutOff(request), receiveWithinMs).unref());
    done();
  });
  fastify.addHook('preValidation', (request, _reply, done) => {
    clearTimeout(timers.get(request));
    done();
  });
  // Whoever was answered before the end of a body would wait for ever for it to be taken.
  fastify.addHook('onResponse', (request, _reply, done) => {
    if (!request.raw.complete && !request.raw.destroyed) {
      request.raw.resume();
      setTimeout(() => cutOff(request), restWithinMs).unref();
    }
    done();
  });
}

function cutOff({ raw }: FastifyRequest): void {
  if (!raw.complete) raw.destroy();
}
