import type { BrokerError } from '../cluster/broker-error.ts';

/** What the library makes of one error code in an answer. */
interface AnsweredError {
  readonly apiId: string;
  readonly canRetry: boolean;
  readonly memberId?: string;
}

/** Every error a broker answered with; empty when the error is not an answer (no connection, no time left, a mistake of ours). */
export function answeredErrors(error: unknown): BrokerError[] {
  return errorsIn(error).map(({ apiId, canRetry }) => ({ type: apiId, retriable: canRetry }));
}

/** Whether a broker answered with this error code, by its name in the protocol. */
export function answeredWith(error: unknown, ...types: string[]): boolean {
  return errorsIn(error).some(({ apiId }) => types.includes(apiId));
}

/** What went wrong, in a few words: the names of the broker's errors where it is an answer. */
export function reasonOf(error: unknown): string {
  const types = new Set(errorsIn(error).map(({ apiId }) => apiId));
  if (types.size > 0) return [...types].join(', ');
  return error instanceof Error ? error.message : String(error);
}

/** The whole answer, with what went well in it, of which at least one part was an error. */
export function answerIn<T>(error: unknown): T | undefined {
  return (error as { response?: T } | undefined)?.response;
}

/** The member id a coordinator gave together with MEMBER_ID_REQUIRED. */
export function memberIdIn(error: unknown): string | undefined {
  return errorsIn(error).find(({ memberId }) => memberId !== undefined)?.memberId;
}

/**
 * Whether another try may go better. Lost connections, answers that did not come and errors of a passing state may; what
 * a broker refuses on principle and what is no error of Kafka at all (a mistake in a program) will not.
 */
export function mayPass(error: unknown): boolean {
  const answered = errorsIn(error);
  if (answered.length > 0) return !answered.some(({ apiId }) => FINAL.has(apiId));
  const { code, name } = error as { code?: string; name?: string };
  if (name === 'DeadlineExceeded' || name === 'Unavailable') return true;
  return code?.startsWith('PLT_KFK_') === true && !FINAL_CODES.has(code);
}

const FINAL = new Set([
  'GROUP_AUTHORIZATION_FAILED',
  'TOPIC_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'INCONSISTENT_GROUP_PROTOCOL',
  'INVALID_GROUP_ID',
  'INVALID_SESSION_TIMEOUT',
  'INVALID_REQUEST',
  'UNSUPPORTED_VERSION',
]);

const FINAL_CODES = new Set(['PLT_KFK_AUTHENTICATION', 'PLT_KFK_USER', 'PLT_KFK_UNSUPPORTED_API']);

function errorsIn(error: unknown): AnsweredError[] {
  const { apiId, errors } = (error ?? {}) as { apiId?: unknown; errors?: unknown };
  if (typeof apiId === 'string') return [error as AnsweredError];
  return Array.isArray(errors) ? errors.flatMap(errorsIn) : [];
}
