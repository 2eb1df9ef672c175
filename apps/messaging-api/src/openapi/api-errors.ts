import { STATUS_CODES } from 'node:http';
import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { ErrorResponse } from '../errors/error.response.ts';

interface DocumentedError {
  readonly description: string;
  readonly example: { readonly message: string; readonly details?: readonly { field: string; reason: string }[] };
}

const UNAUTHORIZED: DocumentedError = {
  description: 'The API key is missing or not valid. Always the same answer.',
  example: { message: 'Authorization must be "Bearer <API key>" with a valid key' },
};
const UNAVAILABLE: DocumentedError = {
  description:
    'Kafka or Redis cannot be reached, or the service is stopping. Repeat the request after `Retry-After` seconds.',
  example: { message: 'temporarily unavailable, try again later' },
};
const INTERNAL: DocumentedError = {
  description: 'A fault of the service. Repeating the request is safe.',
  example: { message: 'an internal error occurred' },
};

const RETRY_AFTER = { 'Retry-After': { description: 'Seconds', schema: { type: 'integer' as const } } };

/** Documents every error an operation may answer with; 401, 500 and 503 belong to each of them. */
export function ApiErrors(own: Readonly<Record<number, DocumentedError>>): MethodDecorator {
  const all = { 401: UNAUTHORIZED, ...own, 500: INTERNAL, 503: UNAVAILABLE };
  const responses = Object.entries(all).map(([code, { description, example }]) => {
    const statusCode = Number(code);
    const error = STATUS_CODES[statusCode]!;
    return ApiResponse({
      status: statusCode,
      description,
      type: ErrorResponse,
      ...(statusCode === 503 && { headers: RETRY_AFTER }),
      example: { statusCode, error, details: [], ...example },
    });
  });
  return applyDecorators(...responses);
}

const wrong = (field: string, reason: string): DocumentedError['example'] => ({
  message: `${field} ${reason}`,
  details: [{ field, reason }],
});

export const BAD_ID: DocumentedError = {
  description: 'The id in the path, or a query parameter, is not valid. `details` names it.',
  example: wrong('id', 'is not a UUID'),
};
export const BAD_MESSAGE: DocumentedError = {
  description:
    'The Idempotency-Key is missing or not valid, the body is not JSON, or fields of it are wrong. `details` names every one.',
  example: wrong('to', 'is not a phone number with country code'),
};
export const NOT_FOUND: DocumentedError = {
  description: 'Your tenant has nothing with this id. What belongs to another tenant answers the same.',
  example: { message: 'There is no message with this id' },
};
export const TOO_LARGE: DocumentedError = {
  description: 'The body is larger than 64 KiB.',
  example: { message: 'Request body is too large' },
};
export const WRONG_TYPE: DocumentedError = {
  description: 'The body is not sent as application/json.',
  example: { message: 'Unsupported Media Type' },
};
export const KEY_REUSED: DocumentedError = {
  description: 'The Idempotency-Key was used before with another body. `details` names the first use.',
  example: wrong(
    'Idempotency-Key',
    'was first used at 2030-01-31T18:00:00.000Z with another body, for message b3f0c1de-…',
  ),
};
export const BAD_COMMAND: DocumentedError = {
  description:
    'The id in the path or the Idempotency-Key is not valid, the body is not JSON, or fields of it are wrong. `details` names every one.',
  example: wrong('agentId', 'is needed when to is agent'),
};
export const NO_CONVERSATION: DocumentedError = {
  description: 'Your tenant has no conversation with this id. What belongs to another tenant answers the same.',
  example: { message: 'There is no conversation with this id' },
};
export const NO_COMMAND: DocumentedError = {
  description: 'Your tenant has given no command with this id through this API in the last 7 days.',
  example: { message: 'There is no command with this id' },
};
export const COMMAND_KEY_REUSED: DocumentedError = {
  description: 'The Idempotency-Key was used before for another command. `details` names the first use.',
  example: wrong(
    'Idempotency-Key',
    'was first used at 2030-01-31T18:00:00.000Z for another command, with the id 7d5b3c1e-…',
  ),
};
