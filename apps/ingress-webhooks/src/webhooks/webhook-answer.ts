/** How a request ended, as counted. */
export type WebhookResult =
  | 'accepted'
  | 'unauthorized'
  | 'malformed'
  | 'too-large'
  | 'wrong-type'
  | 'unknown-profile'
  | 'too-slow'
  | 'broken'
  | 'overloaded'
  | 'unavailable'
  | 'failed'
  | 'checked'
  | 'not-allowed';

/** What a webhook request is answered with. */
export interface WebhookAnswer {
  readonly result: WebhookResult;
  readonly status: number;
  readonly body: string;
  /** Seconds after which the provider should try again. */
  readonly retryAfter?: number;
  /** The rest of the request is not waited for. */
  readonly close?: boolean;
}

const answer = (
  result: WebhookResult,
  status: number,
  error: string,
  message: string,
  more?: Pick<WebhookAnswer, 'retryAfter' | 'close'>,
): WebhookAnswer => ({
  result,
  status,
  body: JSON.stringify({ statusCode: status, error, message, details: [] }),
  ...more,
});

export const ACCEPTED: WebhookAnswer = { result: 'accepted', status: 200, body: '{"status":"accepted"}' };

/**
 * One and the same for an unknown account, a missing and a wrong signature: an unsigned caller learns neither which
 * accounts exist nor what was wrong.
 */
export const UNAUTHORIZED = answer('unauthorized', 401, 'Unauthorized', 'The request is not signed as it must be');

export const UNKNOWN_PROFILE = answer('unknown-profile', 404, 'Not Found', 'There is no such path');

export const WRONG_TYPE = answer('wrong-type', 415, 'Unsupported Media Type', 'The body must be JSON');

export const TOO_LARGE = answer('too-large', 413, 'Payload Too Large', 'The body is larger than a webhook may be');

export const TOO_SLOW = answer('too-slow', 408, 'Request Timeout', 'The body did not arrive in time', { close: true });

/** Nobody is left to read it. */
export const BROKEN = answer('broken', 400, 'Bad Request', 'The body is shorter than announced', { close: true });

export const OVERLOADED = answer('overloaded', 503, 'Service Unavailable', 'Too much is being received at once', {
  retryAfter: 1,
});

export const UNAVAILABLE = answer(
  'unavailable',
  503,
  'Service Unavailable',
  'The events could not be stored; send again',
  {
    retryAfter: 2,
  },
);

export const FAILED = answer('failed', 500, 'Internal Server Error', 'The events could not be stored; send again');

export const CHECKED: WebhookAnswer = { result: 'checked', status: 200, body: '{"status":"ok"}' };

export const NOT_ALLOWED = answer('not-allowed', 405, 'Method Not Allowed', 'Webhooks are sent with POST');

/** A signed body that cannot be taken apart: its sender may know why. */
export function malformed(field: string, reason: string): WebhookAnswer {
  const body = { statusCode: 400, error: 'Bad Request', message: `${field} ${reason}`, details: [{ field, reason }] };
  return { result: 'malformed', status: 400, body: JSON.stringify(body) };
}

/** A signed body with an event that fits no record. */
export function eventTooLarge(bytes: number): WebhookAnswer {
  return answer(
    'too-large',
    413,
    'Payload Too Large',
    `An event makes a record of ${bytes} bytes, more than can be stored`,
  );
}
