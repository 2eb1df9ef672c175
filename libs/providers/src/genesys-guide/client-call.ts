import { toUSVString } from 'node:util';
import type { CallOptions, CallResult } from '../call-result.ts';
import { isText, valueAt } from '../field-reader.ts';
import type { Read } from './answers.ts';

/** One request of the client. */
export interface Call<T> {
  readonly path: string;
  /** POST with a body and GET without one when absent. */
  readonly method?: 'PUT' | 'DELETE';
  /** Sent as JSON. */
  readonly body?: object;
  /** Private strings of the request, asked for when an answer needs them. */
  readonly sent: readonly string[] | (() => readonly string[]);
  readonly read: (json: unknown) => Read<T>;
}

/** Makes a request with the account's token, exactly one. */
export type Caller = <T>(options: CallOptions, call: Call<T>) => Promise<CallResult<T>>;

/** An id as one segment of a path, whatever it contains. */
export const segment = (id: string): string => encodeURIComponent(toUSVString(id));

export function idOf<T>(json: unknown, value: (id: string) => T): Read<T> {
  const id = valueAt(json, 'id');
  return isText(id) ? { ok: true, value: value(id) } : { ok: false, reason: 'the answer has no id' };
}
