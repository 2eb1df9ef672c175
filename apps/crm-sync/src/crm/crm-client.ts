import type { Readable } from 'node:stream';
import { currentTraceparent, type Log } from '@heliograph/runtime';
import { Agent, request } from 'undici';
import { metrics } from '../metrics.ts';
import { answerText } from './answer-text.ts';
import { connectionVerdict } from './connection-errors.ts';
import { retryMoment } from './retry-after.ts';
import { verdictOf, type Verdict, type WriteKind } from './verdict.ts';

export interface CrmClientOptions {
  /** `/v1/contacts/…` is put behind it. */
  readonly url: string;
  readonly apiKey: string;
  readonly connections: number;
  /** From the start of a request to the end of its answer. */
  readonly timeoutMs: number;
}

/** Something to be in the CRM under our id. */
export interface Write {
  readonly kind: WriteKind;
  readonly id: string;
  readonly fields: object;
  /** For which entry of the timeline: of an erased one the CRM takes nothing. */
  readonly entry?: { readonly conversationId: string; readonly sequence: number };
  /** What of it no log may show. */
  readonly hidden: readonly string[];
}

const PATHS: Readonly<Record<WriteKind, string>> = {
  contact: '/v1/contacts',
  activity: '/v1/activities',
  'do-not-contact': '/v1/do-not-contact',
  erasure: '/v1/erasures',
};
const CONNECT_TIMEOUT_MS = 5_000;
/** Shorter than the idle time after which servers close (Node 5 s), so that few writes meet a closing connection. */
const KEEP_ALIVE_MS = 4_000;
/** Most bytes of an answer that are read; only refusals are read at all. */
const MOST_READ = 16_384;
/** How long everything waits when the CRM is not there, or does not let us in. */
const REST_MS = 2_000;

/** The generic REST CRM: `PUT` under our own ids, so that writing twice is writing once. */
export class CrmClient {
  private readonly agent: Agent;
  private readonly base: string;
  /** Nothing is sent before this moment; milliseconds of Date.now(). */
  private rest: { readonly until: number; readonly reason: string } | undefined;

  constructor(
    private readonly options: CrmClientOptions,
    private readonly log: Pick<Log, 'warn'>,
  ) {
    this.base = options.url.replace(/\/+$/, '');
    this.agent = new Agent({
      connections: options.connections,
      pipelining: 1,
      connect: { timeout: CONNECT_TIMEOUT_MS },
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
    });
  }

  /** One request at most; never rejects. */
  async put(write: Write): Promise<Verdict> {
    const { rest } = this;
    if (rest && Date.now() < rest.until) return { kind: 'wait', scope: 'all', ...rest };
    const stop = metrics.writeSeconds.startTimer({ kind: write.kind });
    const verdict = await this.send(write).catch((error: unknown) => connectionVerdict(error, this.options.timeoutMs));
    stop();
    metrics.writes.inc({ kind: write.kind, outcome: verdict.kind });
    this.heed(verdict);
    return verdict;
  }

  /** Cuts what is under way: whoever takes the entry up writes it again. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }

  private async send({ kind, id, fields, hidden, entry }: Write): Promise<Verdict> {
    const traceparent = currentTraceparent();
    const query = entry ? `?conversationId=${entry.conversationId}&sequence=${entry.sequence}` : '';
    const answer = await request(`${this.base}${PATHS[kind]}/${encodeURIComponent(id)}${query}`, {
      dispatcher: this.agent,
      method: 'PUT',
      headers: {
        authorization: `Bearer ${this.options.apiKey}`,
        'content-type': 'application/json',
        accept: 'application/json',
        ...(traceparent !== undefined && { traceparent }),
      },
      body: JSON.stringify(fields),
      signal: AbortSignal.timeout(this.options.timeoutMs),
    });
    const { statusCode: status, headers } = answer;
    const now = Date.now();
    const retryAfter = headers['retry-after'];
    const retryAt = retryMoment(Array.isArray(retryAfter) ? retryAfter[0] : retryAfter, now);
    // The status stands, whatever becomes of the rest of the answer.
    const body = await readUpTo(answer.body, MOST_READ).catch(() => '');
    return verdictOf(kind, { status, retryAt, text: answerText(body, [...hidden, this.options.apiKey]) }, now);
  }

  /** A limit of the key, or a key that is not accepted, is no business of one entry: everything waits. */
  private heed(verdict: Verdict): void {
    if (!('scope' in verdict) || verdict.scope !== 'all') return;
    const until = verdict.kind === 'wait' ? verdict.until : Date.now() + REST_MS;
    const { reason } = verdict;
    if (this.rest && until <= this.rest.until) return;
    this.rest = { until, reason };
    this.log.warn({ until: new Date(until).toISOString(), reason }, 'nothing is written to the CRM for a while');
  }
}

async function readUpTo(body: Readable, bytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= bytes) break;
  }
  return Buffer.concat(chunks).subarray(0, bytes).toString('utf8');
}
