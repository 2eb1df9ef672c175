import type { SendMessage, SessionSnapshot, TimelineEntry } from '@heliograph/contracts';
import { blocked, deadLetter, done, skip, type Delivery, type Outcome } from '@heliograph/kafka';
import type { EarlyStops } from '@heliograph/consent';
import type { HeldFence } from '@heliograph/redis';
import { Retryable } from '@heliograph/runtime';
import { SERVICE } from '../config.ts';
import type { Fact } from '../fold/facts.ts';
import { APPLIED_ALREADY, fold } from '../fold/fold.ts';
import type { FoldRules } from '../fold/rules.ts';
import { countFolded, metrics } from '../metrics.ts';
import { archiveOf } from './archive.ts';
import { SessionPublisher, tooLarge } from './session.publisher.ts';
import { stopAtOnce } from './stop-at-once.ts';
import type { SessionStore } from './session.store.ts';
import { StateCache } from './state-cache.ts';
import { jsonOf, type Unpublished, type UnpublishedJson } from './unpublished.ts';

export interface FoldingSettings {
  readonly rules: FoldRules;
  /** The fold's clock, milliseconds. */
  readonly clock: () => number;
  /** A publish begins no try later than this after its publisher was written down, milliseconds. */
  readonly publishDeadlineMs: number;
  readonly stops: Pick<EarlyStops, 'remember'>;
}

/** A lane that waits for an earlier owner looks again this often: it mostly finishes long before it is out of time. */
const LOOK_AGAIN_MS = 250;
/** A few kilobytes each. */
const CACHED_STATES = 5_000;

/** Where the lane stands with its conversation before the fact at hand. */
type Ready =
  | { readonly kind: 'ready'; readonly state: SessionSnapshot | undefined; readonly republished: boolean }
  | { readonly kind: 'blocked'; readonly outcome: Outcome };

interface Publishing {
  /** A moment before this process became the publisher, by its own clock. */
  readonly begun: number;
  /** When it became the publisher, as the store told. */
  readonly since: number;
  readonly json?: UnpublishedJson;
}

/**
 * Folds one fact after the other into its conversation. The order of steps is the promise: what is not published is
 * published before the next fact is folded, and a fact is done when its entries and the snapshot are acknowledged.
 */
export class SessionsService {
  private readonly cache = new StateCache(CACHED_STATES);

  constructor(
    private readonly store: SessionStore,
    private readonly publisher: SessionPublisher,
    private readonly settings: FoldingSettings,
  ) {}

  /** @throws FenceLost, Unavailable, Retryable: the same delivery is to be handled again */
  async handle(fact: Fact, delivery: Delivery): Promise<Outcome> {
    const fence: HeldFence = { partition: delivery.partition, group: SERVICE, token: delivery.fence };
    try {
      const ready = await this.prepare(fence, fact.data.conversationId);
      if (ready.kind === 'blocked') return ready.outcome;
      return await this.foldInto(ready.state, fact, delivery, fence, ready.republished);
    } catch (error) {
      this.cache.drop(fact.data.conversationId);
      throw error;
    }
  }

  private async prepare(fence: HeldFence, conversationId: string): Promise<Ready> {
    const cached = this.cache.get(conversationId, fence.token);
    if (cached) return { kind: 'ready', state: cached, republished: false };
    const begun = Date.now();
    const taken = await this.store.take(fence, conversationId);
    if (taken.kind === 'wait') {
      const until = Date.now() + Math.min(taken.ms, LOOK_AGAIN_MS);
      return { kind: 'blocked', outcome: blocked('an earlier owner may still be publishing', until) };
    }
    if (taken.kind === 'free') return { kind: 'ready', state: taken.state, republished: false };
    await this.publish(fence, taken.unpublished, { begun, since: taken.since });
    metrics.republished.inc();
    return { kind: 'ready', state: taken.unpublished.state, republished: true };
  }

  private async foldInto(
    before: SessionSnapshot | undefined,
    fact: Fact,
    delivery: Delivery,
    fence: HeldFence,
    republished: boolean,
  ): Promise<Outcome> {
    const begun = Date.now();
    const now = this.settings.clock();
    const { topic, partition } = delivery;
    const offset = String(delivery.offset);
    const folded = fold(before, fact, { position: { topic, offset }, now, rules: this.settings.rules });
    if ('skipped' in folded) {
      metrics.facts.inc({ type: fact.type, result: folded.skipped });
      // Applied before a crash, published just now: this delivery is the one that ends it.
      return republished && folded.skipped === APPLIED_ALREADY ? done : skip(folded.skipped);
    }
    const origin = `${topic}/${partition}/${offset}`;
    const cause = { id: fact.id, time: new Date(now).toISOString(), origin, traceparent: fact.traceparent };
    const { state, entries, commands, archives, erases } = folded;
    const next: Unpublished = { state, entries, commands, archives, erases, cause };
    const json = jsonOf(next);
    const oversized = tooLarge(json);
    if (oversized) return deadLetter(oversized);
    const since = await this.store.write(fence, before, next, json);
    if (since === 0) throw new Retryable('the state changed while it was folded');
    countFolded(fact.type, folded);
    await this.publish(fence, next, { begun, since, json });
    this.cache.put(fence.token, next.state);
    return done;
  }

  private async publish(
    fence: HeldFence,
    unpublished: Unpublished,
    { begun, since, json = jsonOf(unpublished) }: Publishing,
  ): Promise<void> {
    const { partition } = fence;
    const { state, entries, commands, archives, erases } = unpublished;
    await stopAtOnce(this.settings.stops, commands);
    const { conversationId } = state;
    if (erases !== undefined) await this.store.eraseSessions(fence, conversationId, erases);
    const messageIds = entries.flatMap(messagesOf).filter((id) => typeof id === 'string');
    // Before the publish, not beside it: this must not return while a publish is still under way.
    await this.store.indexMessages(conversationId, messageIds);
    const kept = archives && (await this.store.entriesOf(partition, conversationId, archives.session));
    const archive = archives && kept && archiveOf(state, archives, kept);
    await this.publisher.publish(unpublished, begun + this.settings.publishDeadlineMs, { json, archive });
    if (archives) await this.store.forgetEntries(partition, conversationId, archives.session);
    await this.store.clear(fence, state, since);
  }
}

/** Also the one that a message goes on as: until it has a conversation that knows of it, this one does. */
function messagesOf({ fact }: TimelineEntry): unknown[] {
  return [fact.messageId, (fact.command as Partial<SendMessage> | undefined)?.messageId];
}
