import type { ACTION_TYPES, Channel, MediaType } from '@heliograph/contracts';

/** Where an entry of the table stands. */
export interface Source {
  readonly source: string;
  /** The guides do not say it: what the platform is known for, or a guess on the safe side. */
  readonly assumed?: true;
}

/** A number of the table. */
export interface Bound extends Source {
  readonly max: number;
}

/** Characters are UTF-16 units: no platform counts more for a text, so what fits here fits there. */
export interface TextBound extends Bound {
  readonly unit: 'characters' | 'segments';
}

export interface MediaBounds extends Source {
  /** Media types (RFC 6838). */
  readonly formats: readonly string[] | 'any';
  readonly bytes: Bound;
  /** Characters; absent: the channel shows no caption. */
  readonly caption?: Bound;
}

export interface QuickReplyBounds extends Source {
  readonly title: Bound;
  readonly choices: Bound;
  readonly label: Bound;
}

export interface CardBounds extends Source {
  readonly title: Bound;
  readonly subtitle: Bound;
  readonly actions: Bound;
  readonly actionTitle: Bound;
  readonly actionTypes: readonly (typeof ACTION_TYPES)[number][];
}

/** What a channel can carry; what is absent it cannot. */
export interface ChannelCapabilities {
  readonly channel: Channel;
  readonly text: TextBound;
  readonly media: Readonly<Partial<Record<MediaType, MediaBounds>>>;
  readonly quickReply?: QuickReplyBounds;
  readonly card?: CardBounds;
  readonly location?: Source;
  readonly template?: Source;
}
