import {
  boolean,
  FieldError,
  integer,
  map,
  number,
  object,
  oneOf,
  optional,
  text,
  type Check,
} from '../check/check.ts';
import type { Pair } from '../messaging/conversation-store.ts';
import { address, assertAddressOf, channelAddress, parted } from '../settings/addresses.ts';
import { either } from '../check/check.ts';
import type { ControlCall } from './control-call.ts';

type Body = Record<string, unknown>;

const words = optional(text({ min: 0, max: 65_536 }));
const payload = optional(text({ max: 4096 }));
const reply = <const T extends string>(type: T) => object({ type: oneOf(type), text: words, payload });
const attachment = <const T extends string>(type: T) =>
  object({ type: oneOf(type), url: text({ max: 2048 }), mimeType: optional(text({ max: 127 })), text: words });

/** Bodies as the README of the profile assumes them. */
const bodies: Readonly<Record<string, Check<object>>> = {
  text: object({ type: oneOf('text'), text: text({ min: 0, max: 65_536 }), payload }),
  'quick-reply': reply('quick-reply'),
  card: reply('card'),
  button: reply('button'),
  list: reply('list'),
  image: attachment('image'),
  audio: attachment('audio'),
  video: attachment('video'),
  file: attachment('file'),
  location: object({
    type: oneOf('location'),
    latitude: number({ min: -90, max: 90 }),
    longitude: number({ min: -180, max: 180 }),
    text: words,
  }),
};

/** Any other type has what fields it likes: what the system does not model has to be played, too. */
const body: Check<Body> = (value, field) => {
  const given = map((one: unknown) => one)(value, field);
  const type = text()(given['type'], `${field}.type`);
  const checked = Object.hasOwn(bodies, type) ? bodies[type]!(value, field) : given;
  return Object.fromEntries(Object.entries(checked).filter(([, one]) => one !== undefined));
};

const shape = object({
  /** The customer; with or without the channel. */
  from: either(channelAddress, address),
  /** One of the account's senders; with or without the channel. */
  to: either(channelAddress, address),
  /** Either this or `body`. */
  text: words,
  body: optional(body),
  /** What the channel says of the customer; nothing when it is missing. */
  authenticated: optional(boolean()),
  /** So long ago, milliseconds; now when it is missing. */
  agoMs: optional(integer({ max: 31_536_000_000 })),
  eventId: optional(text()),
  messageId: optional(text()),
  conversationId: optional(text()),
});

/** What the customer writes, and to whom. */
export function customerMessage(call: ControlCall) {
  const { from, to, text: said, body: given, ...rest } = shape(call.body, '');
  if ((said === undefined) === (given === undefined)) throw new FieldError('text', 'or body is required, not both');
  return { pair: pairOf(call, from, to), body: given ?? { type: 'text', text: said }, ...rest };
}

function pairOf({ account }: ControlCall, from: string, to: string): Pair {
  const sender = account.settings.senders.find((one) => to === one.address || to === `${one.channel}:${one.address}`);
  if (!sender) throw new FieldError('to', 'is not a sender of this account');
  const { channel, address: contact } = parted(from) ?? { channel: sender.channel, address: from };
  if (channel !== sender.channel) throw new FieldError('from', 'must be on the channel of the sender');
  assertAddressOf(channel, contact, 'from');
  return { channel, sender: sender.address, contact };
}
