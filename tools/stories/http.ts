/** An answer that is not 2xx. */
export class HttpError extends Error {
  readonly status: number;
  constructor(method: string, url: string, status: number, body: string) {
    super(`${method} ${url} answered ${status}: ${body.slice(0, 500)}`);
    this.status = status;
  }
}

interface JsonRequest {
  method?: 'GET' | 'POST' | 'PUT';
  headers?: Record<string, string>;
  body?: unknown;
}

/** Calls an HTTP API that speaks JSON. @throws HttpError */
export async function callJson<T>(url: string, { method = 'GET', headers = {}, body }: JsonRequest = {}): Promise<T> {
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const answer = await fetch(url, {
    method,
    headers: { ...type, ...headers },
    ...content,
    signal: AbortSignal.timeout(10_000),
  });
  const text = await answer.text();
  if (!answer.ok) throw new HttpError(method, url, answer.status, text);
  return JSON.parse(text === '' ? 'null' : text) as T;
}
