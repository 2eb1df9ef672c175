import type { FastifyInstance } from 'fastify';
import { isStreamed } from '@heliograph/runtime';
import { badRequest } from './api-error.ts';

const refused = (reason: string) => badRequest([{ field: '(body)', reason }]);

/**
 * Accepts JSON alone, and only what is valid UTF-8: a wrong byte is refused instead of becoming another text. Routes that read
 * their bodies themselves say by themselves what they take.
 */
export function acceptJsonOnly(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (isStreamed(request)) return done(null, undefined);
    let text: string;
    try {
      text = new TextDecoder('utf-8', { fatal: true }).decode(body as Buffer);
    } catch {
      return done(refused('is not valid UTF-8'), undefined);
    }
    void parse(request, text, (error, value) =>
      error ? done(refused('is not valid JSON'), undefined) : done(null, value),
    );
  });
}
