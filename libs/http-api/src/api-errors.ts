import { STATUS_CODES } from 'node:http';
import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { ErrorResponse } from './error.response.ts';

/** What an API page says of one status that is not a success. */
export interface DocumentedError {
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

/** An example of an error about one field. */
export const wrongField = (field: string, reason: string): DocumentedError['example'] => ({
  message: `${field} ${reason}`,
  details: [{ field, reason }],
});

export const WRONG_TYPE: DocumentedError = {
  description: 'The body is not sent as application/json.',
  example: { message: 'Unsupported Media Type' },
};
