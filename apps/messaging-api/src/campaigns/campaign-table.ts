import { EventEmitter, once } from 'node:events';
import {
  campaignKey,
  EVENTS,
  TOPICS,
  type CampaignDefinition,
  type CampaignState,
  type CampaignStateWord,
} from '@heliograph/contracts';
import { followTopic, type FollowedTopic, type Kafka } from '@heliograph/kafka';
import { Unavailable } from '@heliograph/runtime';

/** A campaign as far as it is known here: `version` 0 before campaign-runner has seen it. */
export type KnownCampaign = Pick<
  CampaignState,
  | 'campaignId'
  | 'tenant'
  | 'definition'
  | 'since'
  | 'reasons'
  | 'end'
  | 'ending'
  | 'version'
  | 'history'
  | 'uploads'
  | 'progress'
> & { readonly state: CampaignStateWord };

const NOTHING_UPLOADED = { rows: 0, accepted: 0, invalid: 0, repeated: 0, suppressed: 0 };

/** Every campaign: what was created, and what campaign-runner says of it. Read whole from the topics, and on. */
export class CampaignTable {
  private readonly definitions = new Map<string, CampaignDefinition>();
  private readonly states = new Map<string, CampaignState>();
  private readonly changes = new EventEmitter<Record<string, []>>().setMaxListeners(0);
  private topics: readonly FollowedTopic[] = [];

  /** Starts to read the topics; {@link problem} says when all of it is there. */
  static follow(kafka: Kafka): CampaignTable {
    const table = new CampaignTable();
    const orders = followTopic(kafka, TOPICS.campaignOrder, {
      visit: ({ event }) => {
        if (event.type === EVENTS.campaignCreated.type) table.created(event.data as CampaignDefinition);
      },
    });
    const states = followTopic(kafka, TOPICS.campaignState, {
      visit: ({ event }) => table.changed(event.data as CampaignState),
      removed: (key) => table.states.delete(key),
    });
    table.topics = [orders, states];
    return table;
  }

  /** Why not all campaigns are known (yet); undefined when they are. */
  problem(): string | undefined {
    return this.topics.map((topic) => topic.problem()).find((problem) => problem !== undefined);
  }

  created(definition: CampaignDefinition): void {
    const key = campaignKey(definition);
    // A request that is repeated writes the same again.
    if (!this.definitions.has(key)) this.definitions.set(key, definition);
    this.changes.emit(key);
  }

  /** @throws Unavailable while not all campaigns are known */
  of(tenant: string, campaignId: string): KnownCampaign | undefined {
    const found = this.known(campaignKey({ tenant, campaignId }));
    const unread = found ? undefined : this.problem();
    if (unread !== undefined) throw new Unavailable('the campaigns', unread);
    return found;
  }

  /** Of a tenant, newest first. @throws Unavailable while not all are known */
  all(tenant: string): KnownCampaign[] {
    const unread = this.problem();
    if (unread !== undefined) throw new Unavailable('the campaigns', unread);
    const keys = new Set([...this.definitions.keys(), ...this.states.keys()]);
    const ofTenant = [...keys].map((key) => this.known(key)!).filter((one) => one.tenant === tenant);
    return ofTenant.sort((a, b) => (a.definition.createdAt < b.definition.createdAt ? 1 : -1));
  }

  /**
   * Waits until a campaign is as wanted, at most `withinMs`.
   *
   * @returns whether it is
   */
  async until(
    of: { readonly tenant: string; readonly campaignId: string },
    isWanted: (campaign: KnownCampaign | undefined) => boolean,
    withinMs: number,
  ): Promise<boolean> {
    const signal = AbortSignal.timeout(withinMs);
    while (!isWanted(this.known(campaignKey(of)))) {
      if (!(await this.change(of, signal))) return false;
    }
    return true;
  }

  /** Resolves with true at the next change of a campaign, with false when the signal comes first. */
  async change(of: { readonly tenant: string; readonly campaignId: string }, signal: AbortSignal): Promise<boolean> {
    return once(this.changes, campaignKey(of), { signal }).then(
      () => true,
      () => false,
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.topics.map((topic) => topic.close()));
  }

  private changed(state: CampaignState): void {
    const key = campaignKey(state);
    this.states.set(key, state);
    this.changes.emit(key);
  }

  private known(key: string): KnownCampaign | undefined {
    const definition = this.definitions.get(key);
    return this.states.get(key) ?? (definition && draftOf(definition));
  }
}

function draftOf(definition: CampaignDefinition): KnownCampaign {
  const { campaignId, tenant, createdAt: since, createdBy: by } = definition;
  const history = [{ state: 'draft' as const, at: since, ...(by !== undefined && { by }) }];
  const nothing = { reasons: [], uploads: NOTHING_UPLOADED, version: 0 };
  return { campaignId, tenant, definition, state: 'draft', since, history, ...nothing };
}
