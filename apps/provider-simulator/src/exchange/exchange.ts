import type { FastifyReply, FastifyRequest } from 'fastify';
import { FieldError } from '../check/check.ts';
import type { RequestRecord } from '../evidence/request-log.ts';
import type { Fault } from '../faults/fault-set.ts';
import { arrivalTime } from '../world/clock.ts';
import type { World } from '../world/world.ts';
import { digest } from './digest.ts';
import type { Answer, Endpoint } from './endpoint.ts';
import type { Identity, Principal } from './principal.ts';
import { Incoming } from './incoming.ts';
import { badRequest, Refusal } from './refusal.ts';

const HOLD_MS = 120_000;
const STALL_MS = 30_000;
const CLIENT_GONE = 499;

/**
 * The one way of every simulated request: whose it is → evidence → limiter → faults without effect → the endpoint's
 * work (in order of arrival) → latency → faults after the effect → answer. The log sees each request exactly once.
 */
export class Exchange {
  readonly #world: World;
  readonly #endpoint: Endpoint;
  readonly #incoming: Incoming;
  readonly #reply: FastifyReply;
  readonly #record: RequestRecord;
  readonly #principal: Principal | undefined;

  constructor(world: World, endpoint: Endpoint, request: FastifyRequest, reply: FastifyReply) {
    this.#world = world;
    this.#endpoint = endpoint;
    this.#incoming = new Incoming(request);
    this.#reply = reply;
    const identity = identify(world, endpoint, this.#incoming);
    this.#principal = identity?.principal;
    const account = this.#principal?.id ?? '';
    this.#record = world.requests.open(arrivalTime(), account, request.method, this.#incoming.path);
    this.#record.port = request.socket.remotePort ?? 0;
    this.#record.client = identity?.client;
    digest(this.#incoming, this.#record);
  }

  async run(): Promise<FastifyReply> {
    try {
      this.#admit();
      const before = this.#strike('before');
      if (before && !(await this.#spoil(before))) return this.#reply;
      const answer = this.#work();
      const after = this.#strike('after');
      await this.#wait(this.#principal?.latencyMs ?? 0);
      if (after && !(await this.#withhold(after, answer))) return this.#reply;
      return this.#answer(answer);
    } catch (error) {
      return this.#refuse(error);
    }
  }

  /** Ends a request that never reached its endpoint. */
  refuse(error: unknown): void {
    this.#refuse(error);
  }

  #admit(): void {
    if (!this.#principal) return;
    const verdict = this.#principal.admit(this.#record);
    if (verdict.left !== Infinity) this.#reply.header('x-ratelimit-remaining', verdict.left);
    if (verdict.accepted) return;
    this.#record.limited = true;
    throw throttled(verdict.namesMoment ? verdict.retryAfterS : undefined, {}, verdict.code);
  }

  #work(): Answer {
    const { consumes } = this.#endpoint;
    if (consumes && this.#incoming.mediaType !== consumes) {
      throw new Refusal(415, 'unsupported.media.type', `content-type: must be ${consumes}`);
    }
    const answer = this.#endpoint.handle({ world: this.#world, incoming: this.#incoming, record: this.#record });
    this.#record.accepted = true;
    return answer;
  }

  #strike(phase: 'before' | 'after'): Fault | undefined {
    const fault = this.#principal?.faults.strike(phase, this.#record);
    if (fault) this.#record.fault = fault.kind;
    return fault;
  }

  /** Applies a fault without effect. True when the request goes on to its work. */
  async #spoil(fault: Fault): Promise<boolean> {
    if (fault.kind === 'hold') await this.#hold(fault);
    else await this.#wait(fault.delayMs ?? (fault.kind === 'stall' ? STALL_MS : 0));
    if (fault.kind === 'reset-before') return this.#cut(0);
    if (fault.kind === 'throttle') throw throttled(fault.retryAfterS, { 'x-ratelimit-remaining': '0' });
    if (fault.kind === 'status') throw broken(fault);
    return this.#reply.raw.destroyed ? this.#cut(CLIENT_GONE) : true;
  }

  /** Applies a fault after the effect. True when the answer is given after all. */
  async #withhold(fault: Fault, answer: Answer): Promise<boolean> {
    if (fault.kind === 'stall') await this.#wait(fault.delayMs ?? STALL_MS);
    if (fault.kind === 'stall') return true;
    this.#reply.hijack();
    this.#close(answer.status);
    const reset = () => this.#reset();
    if (fault.kind === 'reset-after') reset();
    else this.#world.timers.after(fault.delayMs ?? HOLD_MS, reset, reset);
    return false;
  }

  /** Waits; a world that was closed meanwhile has no answer to give. */
  async #wait(ms: number): Promise<void> {
    if (ms > 0 && !(await this.#world.timers.pause(ms))) throw new WorldClosed();
  }

  async #hold({ id, delayMs = HOLD_MS }: Fault): Promise<void> {
    await this.#world.waiters.until(() => !this.#principal?.faults.has(id), delayMs);
  }

  #cut(status: number): false {
    this.#reply.hijack();
    this.#reset();
    this.#close(status);
    return false;
  }

  #reset(): void {
    this.#reply.raw.socket?.resetAndDestroy();
  }

  #answer({ status, body }: Answer): FastifyReply {
    this.#close(status);
    const { offsetMs } = this.#world.clock;
    if (offsetMs !== 0) this.#reply.header('date', new Date(this.#world.clock.now()).toUTCString());
    if (status === 204) return this.#reply.code(status).send();
    return this.#reply.code(status).header('content-type', 'application/json').send(JSON.stringify(body));
  }

  #refuse(error: unknown): FastifyReply {
    if (error instanceof WorldClosed) {
      this.#cut(0);
      return this.#reply;
    }
    const { status, code, message, headers } = asRefusal(error);
    this.#reply.headers(headers);
    return this.#answer({ status, body: { message, code, status } });
  }

  #close(status: number): void {
    this.#world.requests.close(this.#record, arrivalTime(), status);
  }
}

class WorldClosed extends Error {}

function identify(world: World, endpoint: Endpoint, incoming: Incoming): Identity | undefined {
  try {
    return endpoint.identify(world, incoming);
  } catch {
    // A body that cannot be read names nobody; the endpoint's work will say what is wrong with it.
    return undefined;
  }
}

/** Also the shape of errors that Fastify raises before the endpoint (body too large, for example). */
export function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof FieldError) return badRequest(error.message);
  const { statusCode, message } = error as { statusCode?: number; message: string };
  return new Refusal(statusCode ?? 500, 'request.failed', message);
}

function throttled(
  retryAfterS: number | undefined,
  headers: Record<string, string> = {},
  code = 'too.many.requests',
): Refusal {
  if (retryAfterS !== undefined) headers['retry-after'] = String(retryAfterS);
  return new Refusal(429, code, 'rate limit exceeded', headers);
}

function broken({ status = 500, retryAfterS }: Fault): Refusal {
  const headers: Record<string, string> = retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) };
  return new Refusal(status, 'simulated.fault', 'a fault set through the control API', headers);
}
