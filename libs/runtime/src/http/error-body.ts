import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { Retryable, Unavailable } from '../errors.ts';

/** What a client is told about one field of its request. */
export interface ErrorDetail {
  readonly field: string;
  readonly reason: string;
}

/** The body of every HTTP error. */
export interface ErrorBody {
  readonly statusCode: number;
  /** The status in words. */
  readonly error: string;
  readonly message: string;
  readonly details: readonly ErrorDetail[];
}

/**
 * What a client may know of an error. Only what an `HttpException` says on purpose is passed on; the texts of all other
 * errors stay inside, a missing dependency and a temporary failure show as 503, the rest as 500.
 */
export function errorBody(exception: unknown): ErrorBody {
  if (exception instanceof HttpException) return fromHttpException(exception);
  if (exception instanceof Unavailable || exception instanceof Retryable) {
    return body(503, 'temporarily unavailable, try again later');
  }
  return fromFastify(exception) ?? body(500, 'an internal error occurred');
}

const body = (statusCode: number, message: string, details: readonly ErrorDetail[] = []): ErrorBody => ({
  statusCode,
  error: STATUS_CODES[statusCode] ?? 'Error',
  message,
  details,
});

/** Understands `{message, details}` and the list of texts that Nest's ValidationPipe gives, each headed by its field. */
function fromHttpException(exception: HttpException): ErrorBody {
  const status = exception.getStatus();
  const response = exception.getResponse();
  if (typeof response === 'string') return body(status, response);
  const { message, details } = response as { message?: unknown; details?: unknown };
  if (Array.isArray(message)) return body(status, 'the request is invalid', message.map(String).map(splitField));
  const text = typeof message === 'string' ? message : exception.message;
  return body(status, text, Array.isArray(details) ? details.filter(isDetail).map(onlyDetail) : []);
}

function splitField(text: string): ErrorDetail {
  const end = text.indexOf(' ');
  return end < 0 ? { field: '', reason: text } : { field: text.slice(0, end), reason: text.slice(end + 1) };
}

const isDetail = (value: unknown): value is ErrorDetail => {
  const { field, reason } = (value ?? {}) as Partial<Record<keyof ErrorDetail, unknown>>;
  return typeof field === 'string' && typeof reason === 'string';
};
const onlyDetail = ({ field, reason }: ErrorDetail): ErrorDetail => ({ field, reason });

/** Fastify's own refusals (body too large, unknown media type, malformed JSON); the parser's text may quote the body. */
function fromFastify(exception: unknown): ErrorBody | undefined {
  if (!(exception instanceof Error)) return undefined;
  const { statusCode, code } = exception as { statusCode?: unknown; code?: unknown };
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode > 499) return undefined;
  if (exception instanceof SyntaxError) return body(statusCode, 'the body is not valid JSON');
  if (typeof code === 'string' && code.startsWith('FST_ERR_')) return body(statusCode, exception.message);
  return body(statusCode, 'the request cannot be read');
}
