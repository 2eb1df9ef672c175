import type { FastifyRequest } from 'fastify';
import { FieldError } from '../check/check.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A request with its body as bytes; parsing happens once, when asked for. */
export class Incoming {
  readonly request: FastifyRequest;
  readonly path: string;
  #json: { value: unknown } | undefined;

  constructor(request: FastifyRequest) {
    this.request = request;
    const url = request.raw.url ?? '/';
    const query = url.indexOf('?');
    this.path = query < 0 ? url : url.slice(0, query);
  }

  param(name: string): string {
    return (this.request.params as Record<string, string>)[name] ?? '';
  }

  get query(): Record<string, unknown> {
    return this.request.query as Record<string, unknown>;
  }

  /** The token of `Authorization: Bearer …`, undefined when there is none. */
  get bearer(): string | undefined {
    return /^Bearer ([\x21-\x7e]+)$/i.exec(this.request.headers.authorization ?? '')?.[1];
  }

  /** The media type without its parameters, in lower case. */
  get mediaType(): string {
    return (this.request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  }

  /** The body as text. Throws `FieldError` when it is not UTF-8. */
  text(): string {
    try {
      return utf8.decode((this.request.body as Buffer | undefined) ?? new Uint8Array());
    } catch {
      throw new FieldError('body', 'is not UTF-8');
    }
  }

  /** Throws `FieldError` when the body is not JSON. */
  json(): unknown {
    if (!this.#json) {
      const text = this.text();
      try {
        this.#json = { value: JSON.parse(text) };
      } catch {
        throw new FieldError('body', 'is not JSON');
      }
    }
    return this.#json.value;
  }

  /** Form fields. Throws `FieldError` when one is given twice. */
  form(): Record<string, string> {
    const fields = Object.create(null) as Record<string, string>;
    for (const [name, value] of new URLSearchParams(this.text())) {
      if (Object.hasOwn(fields, name)) throw new FieldError(name, 'is given twice');
      fields[name] = value;
    }
    return fields;
  }
}
