import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { TOPICS, type CloudEvent, type Parties } from '@heliograph/contracts';
import { blocked, deadLetter, done, EventPublisher, skip, type Delivery, type Outcome } from '@heliograph/kafka';
import { profileOf, type ProviderFact } from '@heliograph/providers';
import { ClaimStore } from '@heliograph/redis';
import { MappingStore } from '../mapping/mapping.store.ts';
import { routerMetrics } from '../metrics.ts';
import { ConversationResolver } from './conversation-resolver.ts';
import { buildFact } from './fact-builder.ts';

/** How long an event waits for its provider conversation to become known (design, section 2). */
const UNKNOWN_CONVERSATION_MS = 60_000;
const LOOK_AGAIN_MS = 200;

/**
 * Webhook events in, facts of conversations out, each event once.
 *
 * Order of steps: resolve, claim, publish, close the claim. The claim keeps the conversation, so whoever takes an event up
 * again after a crash publishes the same facts under the same ids to the same conversation.
 */
@Controller()
export class WebhooksConsumer {
  constructor(
    private readonly claims: ClaimStore,
    private readonly resolver: ConversationResolver,
    private readonly mapping: MappingStore,
    private readonly publisher: EventPublisher,
  ) {}

  @EventPattern<string>(TOPICS.webhookReceived.name)
  async handle(@Payload() event: CloudEvent, @Ctx() delivery: Delivery): Promise<Outcome> {
    const { profile: profileName = '', account = '' } = event.extensions;
    const profile = profileOf(profileName);
    if (!profile) return deadLetter(`profile "${profileName}" is not known`);
    const translation = profile.translator.translate(event.data);
    if (!translation.ok) return this.refuse(delivery, translation.reason);
    const resolved = await this.resolve(account, translation.facts, delivery);
    if ('kind' in resolved) return resolved;
    return this.route(delivery, translation.facts, resolved.parties);
  }

  /** A dead event is claimed too, so that its repeats do not become dead letters of their own. */
  private async refuse(delivery: Delivery, reason: string): Promise<Outcome> {
    const { partition, event, origin, fence } = delivery;
    const claim = await this.claims.claim(partition, { id: event.id, origin }, fence);
    if (claim.kind === 'repeat') return this.repeat();
    await this.claims.finish(partition, { id: event.id, origin, state: 'dead' });
    return deadLetter(reason);
  }

  private async resolve(
    account: string,
    facts: readonly ProviderFact[],
    delivery: Delivery,
  ): Promise<Outcome | { parties: Parties[] }> {
    const parties: Parties[] = [];
    for (const fact of facts) {
      const resolution = await this.resolver.resolve(account, fact);
      if (resolution.kind === 'unresolvable') return this.refuse(delivery, resolution.reason);
      if (resolution.kind === 'unknown-conversation') return this.waitForMapping(delivery);
      parties.push(resolution.parties);
    }
    return { parties };
  }

  private async waitForMapping(delivery: Delivery): Promise<Outcome> {
    const since = (delivery.memo ??= Date.now()) as number;
    if (Date.now() - since < UNKNOWN_CONVERSATION_MS) {
      routerMetrics.unknownConversation.inc();
      return blocked('the provider conversation is not known yet', Date.now() + LOOK_AGAIN_MS);
    }
    const seconds = UNKNOWN_CONVERSATION_MS / 1000;
    return this.refuse(delivery, `the provider conversation did not become known within ${seconds} s`);
  }

  private async route(delivery: Delivery, facts: readonly ProviderFact[], parties: Parties[]): Promise<Outcome> {
    const { partition, event, origin, fence } = delivery;
    const claim = await this.claims.claim(partition, { id: event.id, origin, note: JSON.stringify(parties) }, fence);
    if (claim.kind === 'repeat') return this.repeat();
    const kept = claim.note ? (JSON.parse(claim.note) as Parties[]) : parties;
    const outgoing = facts.map((fact, index) => buildFact(fact, kept[index]!, index, delivery));
    await Promise.all([this.publisher.publish(outgoing), this.mapNew(facts, kept, delivery)]);
    for (const fact of facts) routerMetrics.facts.inc({ kind: fact.kind });
    await this.claims.finish(partition, { id: event.id, origin, state: 'done' });
    return done;
  }

  private async mapNew(facts: readonly ProviderFact[], parties: Parties[], cause: Delivery): Promise<void> {
    for (const [index, { providerConversationId, at }] of facts.entries()) {
      if (providerConversationId) await this.mapping.learn(parties[index]!, providerConversationId, at, cause);
    }
  }

  private repeat(): Outcome {
    routerMetrics.repeats.inc();
    return skip('repeat of an event that was claimed before');
  }
}
