import { isMedia, type CardAction, type Choice, type FieldProblem, type MessageContent } from '@heliograph/contracts';
import { smsSegments } from '../sms/segments.ts';
import type {
  Bound,
  CardBounds,
  ChannelCapabilities,
  MediaBounds,
  QuickReplyBounds,
  TextBound,
} from './capabilities.ts';
import { formatOf } from './media-format.ts';

/** Why the channel cannot carry the content as it is; empty when it can. Fields are paths in the content. */
export function contentProblems(content: MessageContent, channel: ChannelCapabilities): FieldProblem[] {
  const { type } = content;
  if (type === 'text') return found(textProblem('text', content.text!, channel));
  if (isMedia(type)) {
    const bounds = channel.media[type];
    return bounds ? mediaProblems(content, bounds, channel) : [unsupported(content, channel)];
  }
  if (type === 'quick-reply') {
    return channel.quickReply
      ? quickReplyProblems(content, channel.quickReply, channel)
      : [unsupported(content, channel)];
  }
  if (type === 'card')
    return channel.card ? cardProblems(content, channel.card, channel) : [unsupported(content, channel)];
  return channel[type] ? [] : [unsupported(content, channel)];
}

/** Why the channel cannot carry a text of this length. */
export function textProblem(
  field: string,
  text: string,
  { channel, text: bound }: ChannelCapabilities,
): FieldProblem | undefined {
  if (bound.unit === 'characters') return tooLong(field, text, bound, channel);
  const { encoding, units, segments } = smsSegments(text);
  if (segments <= bound.max) return undefined;
  const takes = `takes ${segments} segments (${encoding}, ${units} units)`;
  return { field, reason: `${takes}; ${channel} allows ${bound.max} (${bound.source})` };
}

/** Whether the channel can carry a text of this length, without saying why not. */
export const fitsText = (text: string, { unit, max }: TextBound): boolean =>
  unit === 'characters' ? text.length <= max : smsSegments(text).segments <= max;

function mediaProblems(
  content: MessageContent,
  { formats, bytes, caption, source }: MediaBounds,
  { channel }: ChannelCapabilities,
): FieldProblem[] {
  const { type, sizeBytes = 0 } = content;
  const problems: FieldProblem[] = [];
  const format = formatOf(content);
  if (formats !== 'any') {
    const wanted = `${channel} takes ${formats.join(', ')} as ${type} (${source})`;
    if (format === undefined) {
      problems.push({
        field: 'mimeType',
        reason: `is needed, because neither fileName nor url tells the format; ${wanted}`,
      });
    } else if (!formats.includes(format)) problems.push({ field: 'mimeType', reason: `is ${format}; ${wanted}` });
  }
  if (sizeBytes > bytes.max) {
    const reason = `is ${number(sizeBytes)}; ${channel} allows ${number(bytes.max)} bytes (${bytes.source})`;
    problems.push({ field: 'sizeBytes', reason });
  }
  if (content.caption === undefined) return problems;
  if (!caption) return [...problems, { field: 'caption', reason: `cannot be shown with ${type} on ${channel}` }];
  return [...problems, ...found(tooLong('caption', content.caption, caption, channel))];
}

function quickReplyProblems(
  { title, choices = [] }: MessageContent,
  bounds: QuickReplyBounds,
  { channel }: ChannelCapabilities,
): FieldProblem[] {
  return found(
    tooLong('title', title!, bounds.title, channel),
    tooMany('choices', choices, bounds.choices, channel),
    ...choices.map(({ label }: Choice, index) => tooLong(`choices.${index}.label`, label, bounds.label, channel)),
  );
}

function cardProblems(
  { title, subtitle = '', actions = [] }: MessageContent,
  bounds: CardBounds,
  { channel }: ChannelCapabilities,
): FieldProblem[] {
  const wrongType = ({ type }: CardAction, index: number): FieldProblem | undefined =>
    bounds.actionTypes.includes(type)
      ? undefined
      : {
          field: `actions.${index}.type`,
          reason: `is ${type}; ${channel} takes ${bounds.actionTypes.join(', ')} (${bounds.source})`,
        };
  return found(
    tooLong('title', title!, bounds.title, channel),
    tooLong('subtitle', subtitle, bounds.subtitle, channel),
    tooMany('actions', actions, bounds.actions, channel),
    ...actions.map(wrongType),
    ...actions.map((action, index) => tooLong(`actions.${index}.title`, action.title, bounds.actionTitle, channel)),
  );
}

function unsupported({ type }: MessageContent, channel: ChannelCapabilities): FieldProblem {
  const { quickReply, card, location, template, media } = channel;
  const others = Object.entries({ 'quick-reply': quickReply, card, location, template });
  const carried = ['text', ...Object.keys(media), ...others.filter(([, one]) => one).map(([name]) => name)];
  return {
    field: 'type',
    reason: `${type} cannot be carried by ${channel.channel}, which carries ${carried.join(', ')}`,
  };
}

function tooLong(field: string, text: string, { max, source }: Bound, channel: string): FieldProblem | undefined {
  if (text.length <= max) return undefined;
  return { field, reason: `has ${number(text.length)} characters; ${channel} allows ${number(max)} (${source})` };
}

function tooMany(
  field: string,
  list: readonly unknown[],
  { max, source }: Bound,
  channel: string,
): FieldProblem | undefined {
  if (list.length <= max) return undefined;
  return { field, reason: `has ${list.length} entries; ${channel} allows ${max} (${source})` };
}

const found = (...problems: (FieldProblem | undefined)[]): FieldProblem[] =>
  problems.filter((problem) => problem !== undefined);

const number = (value: number): string => value.toLocaleString('en-US');
