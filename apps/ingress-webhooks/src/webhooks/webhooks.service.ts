import type { IncomingMessage } from 'node:http';
import { EVENTS, type CloudEvent } from '@heliograph/contracts';
import { EventPublisher, RecordTooLarge } from '@heliograph/kafka';
import { Log, Unavailable } from '@heliograph/runtime';
import { metrics } from '../metrics.ts';
import { readBody, type BodyLimits, type BodyRead } from './body-reader.ts';
import { ByteBudget } from './byte-budget.ts';
import { WebhookAccounts, type WebhookTarget } from './webhook-accounts.ts';
import {
  ACCEPTED,
  BROKEN,
  eventTooLarge,
  FAILED,
  malformed,
  OVERLOADED,
  TOO_LARGE,
  TOO_SLOW,
  UNAUTHORIZED,
  UNAVAILABLE,
  UNKNOWN_PROFILE,
  WRONG_TYPE,
  type WebhookAnswer,
} from './webhook-answer.ts';
import { webhookReceived } from './webhook-events.ts';

/** With what is left for reading and answering, a failing Kafka is told within 2 s (promise 1). */
const PUBLISH_DEADLINE_MS = 1_500;

const UNREADABLE: Record<Exclude<BodyRead['kind'], 'read'>, WebhookAnswer> = {
  'too-large': TOO_LARGE,
  overloaded: OVERLOADED,
  'too-slow': TOO_SLOW,
  broken: BROKEN,
};

/** Takes one webhook request from its head to its answer: read, verify, take apart, store, and only then accept. */
export class WebhooksService {
  constructor(
    private readonly accounts: WebhookAccounts,
    private readonly publisher: EventPublisher,
    private readonly budget: ByteBudget,
    private readonly log: Log,
    private readonly limits: BodyLimits,
  ) {}

  /** Never rejects: whatever happens has an answer. */
  async receive(profile: string, accountId: string, request: IncomingMessage): Promise<WebhookAnswer> {
    const target = this.accounts.find(profile, accountId);
    const label = { profile: target ? profile : 'unknown' };
    const stop = metrics.seconds.startTimer(label);
    const charge = { bytes: 0 };
    let answer = FAILED;
    try {
      answer = target ? await this.handle(target, label, request, charge) : UNKNOWN_PROFILE;
    } catch (error) {
      this.log.error({ ...label, err: error }, 'webhook failed');
    } finally {
      this.budget.give(charge.bytes);
      metrics.bytes.inc(label, charge.bytes);
      metrics.requests.inc({ ...label, result: answer.result });
      stop();
    }
    return answer;
  }

  private async handle(
    target: WebhookTarget,
    label: { profile: string },
    request: IncomingMessage,
    charge: { bytes: number },
  ): Promise<WebhookAnswer> {
    if (!isJsonOrUnsaid(request.headers['content-type'])) return WRONG_TYPE;
    const read = await readBody(request, this.limits, this.budget, charge);
    if (read.kind !== 'read') return UNREADABLE[read.kind];
    const verified = target.profile.verify(read.body, request.headers, target.secrets);
    const { account } = target;
    if (!verified || !account) return UNAUTHORIZED;
    const split = target.profile.split(read.body);
    if (!split.ok) return malformed(split.field, split.reason);
    const events = split.events.map((event) => webhookReceived(event, account));
    const answer = await this.store(events);
    if (answer === ACCEPTED) metrics.events.inc(label, events.length);
    return answer;
  }

  private async store(events: readonly CloudEvent[]): Promise<WebhookAnswer> {
    const contract = EVENTS.webhookReceived;
    try {
      await this.publisher.publish(
        events.map((event) => ({ contract, event })),
        { deadline: Date.now() + PUBLISH_DEADLINE_MS },
      );
      return ACCEPTED;
    } catch (error) {
      if (error instanceof RecordTooLarge) return eventTooLarge(error.bytes);
      if (!(error instanceof Unavailable)) throw error;
      this.log.warn({ reason: error.message }, 'webhook not stored');
      return UNAVAILABLE;
    }
  }
}

/** A sender that names no type is not refused for it: signature and parser decide. */
function isJsonOrUnsaid(contentType: string | undefined): boolean {
  return contentType === undefined || /^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(contentType);
}
