import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { TOPICS, type CloudEvent, type Parties } from '@heliograph/contracts';
import { blocked, deadLetter, done, EventPublisher, skip, type Delivery, type Outcome } from '@heliograph/kafka';
import { profileOf, type AccountFact, type ConversationalFact } from '@heliograph/providers';
import { ClaimStore } from '@heliograph/redis';
import { MappingRebuild } from '../mapping/mapping-rebuild.ts';
import { MappingStore } from '../mapping/mapping.store.ts';
import { routerMetrics } from '../metrics.ts';
import { buildAccountChange, isOfAccount } from './account-change.ts';
import { ConversationResolver, notConfigured } from './conversation-resolver.ts';
import { ConversationKeys } from './conversation-keys.ts';
import { buildFact } from './fact-builder.ts';
import { UnknownConversations } from './unknown-conversations.ts';

const LOOK_AGAIN_MS = 200;

/**
 * Webhook events in, facts of conversations and of accounts out, each event once.
 *
 * Order of steps: resolve, claim, publish, close the claim. The claim keeps the conversation, so whoever takes an event up
 * again after a crash publishes the same facts under the same ids to the same conversation.
 */
@Controller()
export class WebhooksConsumer {
  private readonly unknown = new UnknownConversations();

  constructor(
    private readonly claims: ClaimStore,
    private readonly resolver: ConversationResolver,
    private readonly mapping: MappingStore,
    private readonly rebuild: MappingRebuild,
    private readonly publisher: EventPublisher,
    private readonly conversations: ConversationKeys,
  ) {}

  @EventPattern<string>(TOPICS.webhookReceived.name)
  async handle(@Payload() event: CloudEvent, @Ctx() delivery: Delivery): Promise<Outcome> {
    const { profile: profileName = '', account = '' } = event.extensions;
    const profile = profileOf(profileName);
    if (!profile) return this.refuse(delivery, `profile "${profileName}" is not known`);
    const translation = profile.translator.translate(event.data);
    if (!translation.ok) return this.refuse(delivery, translation.reason);
    const { facts } = translation;
    if (isOfAccount(facts)) return this.accountChanged(delivery, account, facts[0]);
    const resolved = await this.resolve(account, facts, delivery);
    if ('kind' in resolved) return resolved;
    this.conversations.goesOn(event.partitionKey);
    return this.route(delivery, facts, resolved.parties);
  }

  private async accountChanged(delivery: Delivery, account: string, fact: AccountFact): Promise<Outcome> {
    const tenant = this.resolver.tenantOf(account);
    if (tenant === undefined) return this.refuse(delivery, notConfigured(account));
    const { partition, event, origin } = delivery;
    if (!(await this.claim(delivery)).isOurs) return this.repeat();
    await this.publisher.publish([buildAccountChange(fact, tenant, account, delivery)]);
    routerMetrics.facts.inc({ kind: fact.kind });
    await this.claims.finish(partition, { id: event.id, origin, state: 'done' });
    return done;
  }

  /**
   * A dead event is claimed too, so that its repeats do not become dead letters of their own. It is called dead before its
   * copy is written; a crash in between changes nothing, because this record comes again and its own claim lets it pass.
   */
  private async refuse(delivery: Delivery, reason: string): Promise<Outcome> {
    const { partition, event, origin } = delivery;
    if (!(await this.claim(delivery)).isOurs) return this.repeat();
    await this.claims.finish(partition, { id: event.id, origin, state: 'dead' });
    return deadLetter(reason);
  }

  private async resolve(
    account: string,
    facts: readonly ConversationalFact[],
    delivery: Delivery,
  ): Promise<Outcome | { parties: Parties[] }> {
    const parties: Parties[] = [];
    for (const fact of facts) {
      const resolution = await this.resolver.resolve(account, fact);
      switch (resolution.kind) {
        case 'unresolvable':
          return this.refuse(delivery, resolution.reason);
        case 'mapping-incomplete':
          this.conversations.waits(delivery.event.partitionKey);
          return blocked('the conversation mapping is being reread', this.rebuild.settled(resolution.partition));
        case 'unknown-conversation':
          return this.waitForMapping(delivery, account, resolution.providerConversationId);
        case 'resolved':
          parties.push(resolution.parties);
      }
    }
    return { parties };
  }

  private async waitForMapping(delivery: Delivery, account: string, conversation: string): Promise<Outcome> {
    if (this.unknown.givenUp(account, conversation)) {
      this.conversations.goesOn(delivery.event.partitionKey);
      return this.refuse(delivery, 'the provider conversation did not become known within a minute');
    }
    // A repeat of an event that ended long ago must not hold the lane.
    if (!(await this.claim(delivery)).isOurs) return this.repeat();
    routerMetrics.unknownConversation.inc();
    this.conversations.waits(delivery.event.partitionKey);
    return blocked('the provider conversation is not known yet', Date.now() + LOOK_AGAIN_MS);
  }

  private async route(delivery: Delivery, facts: readonly ConversationalFact[], parties: Parties[]): Promise<Outcome> {
    const { partition, event, origin } = delivery;
    const found = JSON.stringify(parties);
    const { isOurs, note = found } = await this.claim(delivery, found);
    if (!isOurs) return this.repeat();
    const kept = note === found ? parties : (JSON.parse(note) as Parties[]);
    const outgoing = facts.map((fact, index) => buildFact(fact, kept[index]!, index, delivery));
    await Promise.all([this.publisher.publish(outgoing), this.mapNew(facts, kept, delivery)]);
    for (const fact of facts) routerMetrics.facts.inc({ kind: fact.kind });
    await this.claims.finish(partition, { id: event.id, origin, state: 'done' });
    return done;
  }

  /** @param note the conversations of the facts, kept with the claim unless it has them already */
  private async claim(
    { partition, event, origin, fence }: Delivery,
    note?: string,
  ): Promise<{ isOurs: boolean; note?: string }> {
    const claim = await this.claims.claim(partition, { id: event.id, origin, note }, fence);
    return claim.kind === 'go' ? { isOurs: true, note: claim.note } : { isOurs: false };
  }

  private async mapNew(facts: readonly ConversationalFact[], parties: Parties[], cause: Delivery): Promise<void> {
    for (const [index, { providerConversationId, at }] of facts.entries()) {
      if (providerConversationId) await this.mapping.learn(parties[index]!, providerConversationId, at, cause);
    }
  }

  private repeat(): Outcome {
    routerMetrics.repeats.inc();
    return skip('repeat of an event that was claimed before');
  }
}
