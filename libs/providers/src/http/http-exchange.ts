import { Agent } from 'undici';
import { Attempt, type Exchange } from './attempt.ts';
import type { CallOptions } from '../call-result.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly endpoint: Endpoint;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Where a request goes: the path is written to the wire as it stands here. */
export interface Endpoint {
  readonly origin: string;
  readonly path: string;
}

/** @throws {TypeError} when `address` is not an http or https URL */
export function endpoint(address: string, path = ''): Endpoint {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw new TypeError(`"${address}" is not an http or https address`);
  const base = path === '' ? url.pathname : url.pathname.replace(/\/+$/, '');
  return { origin: url.origin, path: `${base}${path}${path === '' ? url.search : ''}` };
}

/**
 * The endpoints below an address, which is read once.
 *
 * @throws {TypeError} as {@link endpoint}
 */
export function endpointsBelow(address: string): (path: string) => Endpoint {
  const { origin, path: root } = endpoint(address, '/');
  return (path) => ({ origin, path: `${root.slice(0, -1)}${path}` });
}

const CONNECT_TIMEOUT_MS = 5_000;
/**
 * Shorter than the idle time after which servers close (Node 5 s, most proxies 60 s): a request written to a connection
 * that is being closed ends as `unknown`, although nobody read it.
 */
const KEEP_ALIVE_MS = 4_000;

/**
 * HTTP with one request per call: nothing is repeated, redirected or put behind another request on its connection, so
 * what is asked for is what arrives.
 */
export class HttpExchange {
  readonly #agent: Agent;
  #closing: Promise<void> | undefined;

  constructor(connections: number) {
    this.#agent = new Agent({
      connections,
      pipelining: 1,
      allowH2: false,
      connect: { timeout: CONNECT_TIMEOUT_MS },
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      // The attempt keeps its own time: undici's parser timers may be half a second late.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /** Never rejects. */
  send(request: HttpRequest, options: CallOptions): Promise<Exchange> {
    return new Promise((resolve) => {
      const attempt = new Attempt(options, resolve);
      if (attempt.over) return;
      const { method, endpoint: to, headers, body } = request;
      this.#agent.dispatch({ origin: to.origin, path: to.path, method, headers, body, idempotent: false }, attempt);
    });
  }

  /** Waits for the exchanges under way. */
  close(): Promise<void> {
    this.#closing ??= this.#agent.close();
    return this.#closing;
  }
}
