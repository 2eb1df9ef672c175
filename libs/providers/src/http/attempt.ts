import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { CallOptions, NotSentCode } from '../call-result.ts';

/** What became of one HTTP request, before anybody asks what the answer means. */
export type Exchange =
  | { readonly kind: 'answer'; readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer }
  | { readonly kind: 'not-sent'; readonly code: NotSentCode; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Most bytes of an answer that are read. */
export const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
/** setTimeout takes no more; longer waits need no timer, the check before the first byte remains. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * One request on its way through undici. `onRequestStart` is the last thing undici calls before it writes the first byte,
 * in the same turn: what ends before it was certainly not sent, what ends after it is unknown unless an answer says more.
 * Throwing there takes the request out of undici's queue and leaves the connection to the next one.
 */
export class Attempt implements Dispatcher.DispatchHandler {
  #settled = false;
  #controller: Dispatcher.DispatchController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #chunks: Buffer[] = [];
  #size = 0;
  readonly #onAbort = () => this.#giveUp('the call was aborted');

  constructor(
    private readonly options: CallOptions,
    private readonly resolve: (exchange: Exchange) => void,
  ) {
    const left = options.sendBy - performance.now();
    if (options.signal?.aborted) this.#onAbort();
    else if (left <= 0) this.#sendByPassed();
    else {
      options.signal?.addEventListener('abort', this.#onAbort, { once: true });
      if (left < LONGEST_TIMER_MS) this.#timer = setTimeout(() => this.#sendByPassed(), left);
    }
  }

  /** True once the result is out. */
  get over(): boolean {
    return this.#settled;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (!this.#settled && performance.now() >= this.options.sendBy) this.#sendByPassed();
    if (this.#settled) throw new Error('the request is not wanted any more');
    if (this.#controller) throw new Error('the request was begun once already');
    this.#controller = controller;
    clearTimeout(this.#timer);
    const { timeoutMs } = this.options;
    this.#timer = setTimeout(
      () => this.#giveUp(`no complete answer within ${timeoutMs} ms`),
      Math.min(timeoutMs, LONGEST_TIMER_MS),
    );
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#settled) return;
    this.#size += chunk.length;
    if (this.#size <= MAX_ANSWER_BYTES) this.#chunks.push(chunk);
    else this.#giveUp(`the answer is larger than ${MAX_ANSWER_BYTES} bytes`);
  }

  onResponseEnd(): void {
    this.#answer();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#controller) this.#broken(`the connection broke: ${describe(error)}`);
    else this.#settle({ kind: 'not-sent', code: notSentCode(error), reason: `no connection: ${describe(error)}` });
  }

  #sendByPassed(): void {
    this.#settle({
      kind: 'not-sent',
      code: 'send-by-passed',
      reason: 'the send-by moment passed before the first byte',
    });
  }

  #giveUp(reason: string): void {
    if (this.#settled) return;
    if (!this.#controller) return this.#settle({ kind: 'not-sent', code: 'aborted', reason });
    this.#broken(reason);
    this.#controller.abort(new Error(reason));
  }

  /** A refusal stands even when the rest of its text is lost; a success does not, because the id was in there. */
  #broken(reason: string): void {
    if (this.#status >= 300) this.#answer();
    else this.#settle({ kind: 'unknown', reason });
  }

  #answer(): void {
    const body = Buffer.concat(this.#chunks);
    this.#settle({ kind: 'answer', status: this.#status, headers: this.#headers, body });
  }

  #settle(exchange: Exchange): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.options.signal?.removeEventListener('abort', this.#onAbort);
    this.#chunks = [];
    this.resolve(exchange);
  }
}

const codeOf = (error: Error): string => ('code' in error && typeof error.code === 'string' ? error.code : '');

const describe = (error: Error): string => codeOf(error) || error.message || error.name;

function notSentCode(error: Error): NotSentCode {
  const code = codeOf(error);
  if (code === 'ECONNREFUSED') return 'connection-refused';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'dns';
  if (code === 'UND_ERR_CLOSED' || code === 'UND_ERR_DESTROYED') return 'closed';
  return 'not-connected';
}
