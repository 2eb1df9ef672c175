import type { FastifyInstance } from 'fastify';

/** Probes and scrapes go on until the very end. */
const isOperational = (url: string): boolean => /^\/(health|metrics)(\/|\?|$)/.test(url);

/**
 * Counts the requests in work, and once closed refuses new ones with 503. So no request ever meets a closed client: they
 * close after the last one has been answered.
 */
export class RequestGate {
  private closed = false;
  private inWork = 0;
  private onEmpty: (() => void) | undefined;

  constructor(fastify: FastifyInstance) {
    fastify.addHook('onRequest', (request, reply, done) => {
      if (isOperational(request.url)) return done();
      if (this.closed) {
        const body = { statusCode: 503, error: 'Service Unavailable', message: 'the service is stopping', details: [] };
        void reply.code(503).header('connection', 'close').header('retry-after', '1').send(body);
        return;
      }
      this.inWork += 1;
      // 'close' comes exactly once, also when the client went away.
      reply.raw.once('close', () => this.leave());
      done();
    });
  }

  /** Refuses new requests and resolves when those in work have been answered. */
  async drain(): Promise<void> {
    this.closed = true;
    if (this.inWork === 0) return;
    await new Promise<void>((resolve) => (this.onEmpty = resolve));
  }

  private leave(): void {
    this.inWork -= 1;
    if (this.inWork === 0) this.onEmpty?.();
  }
}
