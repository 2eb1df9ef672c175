import type { RequestRecord } from '../evidence/request-log.ts';
import type { World } from '../world/world.ts';
import type { Incoming } from './incoming.ts';
import type { Identity } from './principal.ts';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface Call {
  readonly world: World;
  readonly incoming: Incoming;
  readonly record: RequestRecord;
}

/**
 * One method and path of a simulated API. `identify` only says whose request it is, so that even an expired token is
 * counted; whether it may be served is `handle`'s to check, by throwing `Refusal` or `FieldError`.
 */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly consumes?: 'application/json' | 'application/x-www-form-urlencoded';
  readonly identify: (world: World, incoming: Incoming) => Identity | undefined;
  readonly handle: (call: Call) => Answer;
}
