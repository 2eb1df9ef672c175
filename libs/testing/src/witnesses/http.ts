/** An answer of an HTTP API that speaks JSON. */
export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

export interface Request {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  headers?: Record<string, string>;
  body?: unknown;
}

/** Calls an HTTP API that speaks JSON; any status is an answer. */
export async function call<T>(url: string, { method = 'GET', headers = {}, body }: Request = {}): Promise<Answer<T>> {
  const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
  const response = await fetch(url, {
    method,
    headers: { ...type, ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(60_000),
  });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as T };
}

/** As {@link call}. @throws Error when the answer is not 2xx */
export async function callWell<T>(url: string, request: Request = {}): Promise<T> {
  const { status, body } = await call<T>(url, request);
  if (status >= 200 && status <= 299) return body;
  throw new Error(`${request.method ?? 'GET'} ${url} answered ${status}: ${JSON.stringify(body)}`);
}

/** Reads newline-delimited JSON. */
export async function readLines<T>(url: string): Promise<T[]> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`GET ${url} answered ${response.status}`);
  const lines = (await response.text()).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as T);
}
