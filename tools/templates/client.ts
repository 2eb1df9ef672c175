import { readStack } from '../stack/stack-file.ts';
import type { Options } from './options.ts';
import { Refused } from './refused.ts';

export interface ApiAnswer<T> {
  readonly status: number;
  readonly body: T & { readonly message?: string; readonly details?: readonly { field: string; reason: string }[] };
}

/** A template-registry's HTTP API. */
export class RegistryClient {
  readonly address: string;
  readonly #key: string;

  private constructor(address: string, key: string) {
    this.address = address;
    this.#key = key;
  }

  /** @throws Refused when neither options nor a running system say where it is */
  static open({ url, key }: Options): RegistryClient {
    if (url !== undefined && key !== undefined) return new RegistryClient(url.replace(/\/$/, ''), key);
    try {
      const stack = readStack();
      const address = url ?? stack.services.find(({ name }) => name === 'template-registry')?.address;
      if (address !== undefined) return new RegistryClient(address, key ?? stack.api.key);
    } catch (error) {
      throw new Refused(`${(error as Error).message} Or give --url and --key.`);
    }
    throw new Refused('The running system has no template-registry.');
  }

  /** @throws Refused when it cannot be reached, does not know the key, or cannot answer now */
  async call<T>(method: 'GET' | 'POST', path: string, body?: object): Promise<ApiAnswer<T>> {
    let response: Response;
    try {
      response = await fetch(`${this.address}/v1/templates${path}`, {
        method,
        headers: { authorization: `Bearer ${this.#key}`, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
      });
    } catch (error) {
      const cause = (error as { cause?: Error }).cause?.message ?? (error as Error).message;
      throw new Refused(`The template-registry at ${this.address} cannot be reached: ${cause}`);
    }
    const answer = { status: response.status, body: (await response.json()) as ApiAnswer<T>['body'] };
    if ([400, 401, 404, 413].includes(answer.status) || answer.status >= 500) {
      throw new Refused(`${answer.body.message} (${answer.status} from ${this.address})`);
    }
    return answer;
  }
}
