import {
  boolean,
  either,
  FieldError,
  integer,
  list,
  map,
  number,
  object,
  oneOf,
  optional,
  text,
  variant,
} from '../check/check.ts';
import type { Checked } from '../check/check.ts';
import { address, channelAddress, parted, type Channel } from '../settings/addresses.ts';

const party = object({ id: channelAddress, type: oneOf('person'), address });
const attribute = either(text({ min: 0 }), either(number(), boolean()));

/** Guide 000 §4, create. The caller's own maps (`attributes`, `metadata`) take any key. */
const conversationShape = object({
  to: list(party, { min: 1, max: 1 }),
  from: party,
  routing_data: object({
    queue_id: text(),
    priority: optional(integer({ max: 1000 })),
    routing_type: oneOf('queue'),
    skills: optional(list(object({ id: text(), level: integer({ max: 1000 }) }))),
    attributes: map(attribute),
  }),
  metadata: optional(map(attribute)),
});

const parameter = object({ type: oneOf('text'), text: text() });

const place = text({ pattern: /^\d$/, like: '0' });
/** Guide 000 §4 shows the body; header and buttons as Meta has them. */
const components = {
  header: object({ type: oneOf('header'), parameters: list(parameter) }),
  body: object({ type: oneOf('body'), parameters: list(parameter) }),
  button: object({
    type: oneOf('button'),
    sub_type: oneOf('quick_reply', 'url'),
    index: place,
    parameters: list(
      variant('type', { text: parameter, payload: object({ type: oneOf('payload'), payload: text({ max: 256 }) }) }),
      { min: 1, max: 1 },
    ),
  }),
};
export type SentComponent = Checked<(typeof components)[keyof typeof components]>;

/** Guide 000 §4, messages. */
const messageShape = object({
  to: object({ id: channelAddress, type: oneOf('person') }),
  text: optional(object({ content: text({ max: 4096 }), type: oneOf('text') })),
  template: optional(
    object({
      name: text({ max: 512 }),
      language: object({ code: text() }),
      components: optional(list<SentComponent>(variant('type', components), { max: 12 })),
    }),
  ),
});

/** Guide 000 §5. */
export const participantShape = object({
  id: text(),
  type: oneOf('user'),
  role: oneOf('agent'),
  status: oneOf('accepted', 'pending'),
  routing_data: object({ wrap_up_code: either(oneOf(null), text()), wrap_up_code_required: boolean() }),
});

export const wrapUpShape = object({ wrap_up_code: text(), wrap_up_code_required: boolean() });

export interface NewConversation {
  readonly channel: Channel;
  readonly sender: string;
  readonly contact: string;
  readonly queueId: string;
  readonly skillIds: readonly string[];
}

/** Throws `FieldError` also when an id and its address differ, and without the opt-in (guide 000 §1). */
export function newConversation(body: unknown): NewConversation {
  const { to, from, routing_data } = conversationShape(body, '');
  const customer = split(to[0] as Checked<typeof party>, 'to[0]');
  const business = split(from, 'from');
  if (customer.channel !== business.channel) throw new FieldError('to[0].id', 'must be on the channel of from.id');
  if (routing_data.attributes['compliance_opt_in'] !== true) {
    throw new FieldError('routing_data.attributes.compliance_opt_in', 'must be true');
  }
  const skillIds = (routing_data.skills ?? []).map(({ id }) => id);
  const { channel, number: sender } = business;
  return { channel, sender, contact: customer.number, queueId: routing_data.queue_id, skillIds };
}

export type NewMessage = Checked<typeof messageShape>;
export type SentTemplate = NonNullable<NewMessage['template']>;

/** Throws `FieldError` unless there is exactly one of text and template. */
export function newMessage(body: unknown): NewMessage {
  const message = messageShape(body, '');
  if (!message.text && !message.template) throw new FieldError('text', 'or template is required');
  if (message.text && message.template) throw new FieldError('template', 'cannot be given together with text');
  return message;
}

function split({ id, address: given }: Checked<typeof party>, field: string): { channel: Channel; number: string } {
  const { channel, address: number } = parted(id)!;
  if (number !== given) throw new FieldError(`${field}.address`, 'must be the one of the id');
  return { channel, number };
}
