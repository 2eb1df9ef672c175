/** An answer that is not a success; thrown by whoever finds the reason, turned into the error body by the exchange. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Record<string, string>;

  constructor(status: number, code: string, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export const badRequest = (message: string, code = 'bad.request') => new Refusal(400, code, message);
export const unauthorized = (message: string, code = 'authentication.required') => new Refusal(401, code, message);
export const gone = (message: string) => new Refusal(410, 'gone', message);
export const notFound = (message: string) => new Refusal(404, 'not.found', message);
