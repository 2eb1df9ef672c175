import type { CampaignDefinition, CampaignReason, CampaignState } from '@heliograph/contracts';
import type { EventPublisher } from '@heliograph/kafka';
import type { Campaigns } from '../campaigns/campaigns.ts';
import type { EndedLately } from '../counting/ended-lately.ts';
import type { FrequencyCaps } from '../frequency/frequency-caps.ts';
import { metrics } from '../metrics.ts';
import { Batch } from './batch.ts';
import { closingCode, isLongOver } from './closings.ts';
import type { ExpansionStore, Look } from './expansion.store.ts';
import type { HeldCommands } from './held-commands.ts';
import type { RecipientReaders } from './recipient-readers.ts';
import { ownMost, roomsOf, senderIn, windowOf, type LookAhead } from './shares.ts';

export interface PartitionExpansionDeps {
  readonly campaigns: Campaigns;
  /** Why nothing more of a campaign may be given now; empty when it may. */
  readonly problems: (state: CampaignState) => readonly CampaignReason[];
  /** The code with which a recipient of that language ends while the campaign goes on for others; undefined when it may be sent. */
  readonly languageProblem: (definition: CampaignDefinition, language: string) => string | undefined;
  readonly store: ExpansionStore;
  readonly recipients: RecipientReaders;
  readonly held: HeldCommands;
  readonly caps: FrequencyCaps;
  readonly publisher: Pick<EventPublisher, 'publish'>;
  readonly endedLately: EndedLately;
  readonly lookAhead: LookAhead;
  /** Partitions of the topics of conversations. */
  readonly partitions: number;
  /** Milliseconds, for the moments of people. */
  readonly clock: () => number;
}

/** Of one campaign in one round: bounds what is in memory, and how long a script takes. */
const MOST_PER_ROUND = 500;

/** One of the campaigns that something is to be done about in a round. */
interface Work {
  readonly state: CampaignState;
  /** The code with which its remaining recipients end; undefined while they are given. */
  readonly closing: string | undefined;
  readonly look: Look;
}

interface Round {
  readonly partition: number;
  readonly token: string;
}

/**
 * Gives the recipients of running campaigns to the dispatcher, a few at a time, and ends those of campaigns that are over. A message
 * is published before it is written down that it was given, so a crash in between gives it once more, under the same id.
 */
export class PartitionExpansion {
  /** Campaigns that are over, and of which nothing is left to be done. */
  private readonly over = new Map<number, Set<string>>();

  constructor(private readonly deps: PartitionExpansionDeps) {}

  /** Forgets what is known of a partition: somebody else may have worked on it. */
  leave(partition: number): void {
    this.deps.recipients.forget(partition);
    this.over.delete(partition);
  }

  /** @throws FenceLost, Unavailable; the next round takes it up where it was left */
  async round(partition: number, token: string): Promise<void> {
    const round = { partition, token };
    await this.forgetLongOver(round);
    const works = await this.looks(round);
    const rooms = this.rooms(partition, works);
    const expansions = works.map(async (work) => {
      const { state, closing, look } = work;
      if (closing !== undefined && look.isClosed && look.held === 0) return this.finish(partition, state);
      const room = closing === undefined ? (rooms.get(state.campaignId) ?? 0) : MOST_PER_ROUND;
      if (room > 0) await this.expand(round, work, Math.min(room, MOST_PER_ROUND));
    });
    // All have ended before the next round begins.
    const failed = (await Promise.allSettled(expansions)).find(({ status }) => status === 'rejected');
    if (failed) throw (failed as PromiseRejectedResult).reason;
  }

  private async looks({ partition, token }: Round): Promise<Work[]> {
    const { campaigns, store, clock } = this.deps;
    const now = clock();
    const running = campaigns.running().map((state) => ({ state, closing: undefined }));
    const closed = this.notOver(partition)
      .map((state) => ({ state, closing: closingCode(state) }))
      .filter(({ closing }) => closing !== undefined);
    const all = [...running, ...closed];
    const asked = all.map(({ state: { campaignId }, closing }) => ({ campaignId, dueUntil: closing ? Infinity : now }));
    const looks = await store.look(partition, token, asked, MOST_PER_ROUND);
    return all.map((work, index) => ({ ...work, look: looks[index]! }));
  }

  private rooms(partition: number, works: readonly Work[]): Map<string, number> {
    const { endedLately, lookAhead, partitions } = this.deps;
    const contenders = works.map(({ state, closing, look }) => ({
      campaignId: state.campaignId,
      sender: senderIn(partition, state.definition),
      given: look.given,
      wants: closing === undefined && this.mayGive(state) && (!look.isClosed || look.due.length > 0),
      most: ownMost(state.definition, partitions),
    }));
    return roomsOf(contenders, (sender) => windowOf(endedLately.count(sender), lookAhead));
  }

  private mayGive(state: CampaignState): boolean {
    return Date.parse(state.definition.expiresAt) > this.deps.clock() && this.deps.problems(state).length === 0;
  }

  private async expand(round: Round, work: Work, room: number): Promise<void> {
    const { store, recipients } = this.deps;
    const { partition, token } = round;
    const { state, closing, look } = work;
    const batch = await this.batchOf(partition, work, room);
    if (batch.isNothing(look.isClosed)) return;
    const isReady =
      closing === undefined ? await this.publish(partition, state, batch) : await this.end(batch, closing);
    const giving = batch.giving();
    if (!isReady || !(await store.give(partition, token, giving)))
      return recipients.forget(partition, state.campaignId);
    if (giving.next !== undefined) recipients.noted(partition, state.campaignId, giving.next);
    metrics.given.inc({ tenant: state.tenant, result: closing ?? 'given' }, batch.size);
  }

  private async batchOf(partition: number, { state, closing, look }: Work, room: number): Promise<Batch> {
    const { recipients, held } = this.deps;
    const { next: from } = look;
    const due = look.due.slice(0, room);
    const heldCommands = await held.read(partition, due);
    const left = room - due.length;
    if (look.isClosed || left === 0) {
      const { isClosed } = look;
      return new Batch(partition, state.definition, { from, next: from, isClosed, rows: [], due, heldCommands });
    }
    const { rows, next, isClosed, isAtEnd } = await recipients.take(partition, state.definition, from, left);
    // Nobody is added to a campaign that is over, whether it was ever started or not.
    const isAll = isClosed || (closing !== undefined && isAtEnd);
    return new Batch(partition, state.definition, { from, next, isClosed: isAll, rows, due, heldCommands });
  }

  /** @returns false when it cannot be said who may be sent to */
  private async publish(partition: number, { campaignId, definition }: CampaignState, batch: Batch): Promise<boolean> {
    const { store, caps, publisher, languageProblem } = this.deps;
    const isNew = await store.unknown(partition, campaignId, batch.rowIds());
    const refused = batch.refuse((language) => languageProblem(definition, language));
    await Promise.all(refused.map(({ command }) => caps.giveBack(command)));
    const rows = batch.newRows(isNew);
    const recipients = rows.map(({ recipient }) => recipient);
    const granted = await caps.reserve(recipients, definition.frequencyCap);
    // What was lost while this was asked is missing in the answer.
    if (definition.frequencyCap && !(await caps.isWhole())) return false;
    await publisher.publish(batch.commands(rows, granted));
    return true;
  }

  private async end(batch: Batch, code: string): Promise<true> {
    batch.endWith(code);
    await Promise.all(batch.parts.heldCommands.map(({ command }) => this.deps.caps.giveBack(command)));
    return true;
  }

  private async forgetLongOver({ partition, token }: Round): Promise<void> {
    const now = this.deps.clock();
    for (const state of this.notOver(partition).filter((state) => isLongOver(state, now))) {
      await this.deps.store.forget(partition, token, state.campaignId, 'stay');
      this.isOver(partition, state);
    }
  }

  private finish(partition: number, state: CampaignState): void {
    if (state.state !== 'finished') return;
    this.deps.recipients.forget(partition, state.campaignId);
    this.isOver(partition, state);
  }

  private isOver(partition: number, { campaignId }: CampaignState): void {
    const over = this.over.get(partition) ?? new Set();
    this.over.set(partition, over.add(campaignId));
  }

  private notOver(partition: number): CampaignState[] {
    const over = this.over.get(partition);
    return this.deps.campaigns.all().filter(({ campaignId }) => !over?.has(campaignId));
  }
}
