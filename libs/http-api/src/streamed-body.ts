import type { FastifyInstance } from 'fastify';
import { isStreamed } from '@heliograph/runtime';
import { ApiError } from './api-error.ts';

/** Leaves bodies of every type unread for routes with `STREAMED` in their configuration; any other route gets none but the types it has parsers for. */
export function acceptStreams(server: FastifyInstance): void {
  server.addContentTypeParser('*', (request, _body, done) => {
    done(isStreamed(request) ? null : new ApiError(415, 'Unsupported Media Type'), undefined);
  });
}
