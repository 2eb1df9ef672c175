import { isMedia, type Channel, type FieldProblem, type FitPolicy, type MessageContent } from '@heliograph/contracts';
import type { ChannelCapabilities } from '../capabilities/capabilities.ts';
import { contentProblems, fitsText, textProblem } from '../capabilities/check-content.ts';
import { capabilitiesOf } from '../capabilities/table.ts';
import { degrade } from './degrade.ts';
import { splitText } from './split-text.ts';

/** What is to be sent in the place of a content, in order; several only where it was split. Or why the channel cannot carry it. */
export type Fit =
  | { readonly ok: true; readonly contents: readonly MessageContent[]; readonly degraded: boolean }
  | { readonly ok: false; readonly problems: FieldProblem[] };

/**
 * Makes a content fit a channel, as far as the policy allows: `split` cuts texts, and sends a caption that cannot be shown as
 * a text of its own; `degrade` says as text what the channel has no form for. Nothing that is said is left out.
 *
 * @param content valid by its contract
 * @returns problems with the field as a path in the content, what it has, and what the channel allows
 */
export function fit(content: MessageContent, channel: Channel, policy: FitPolicy): Fit {
  const capabilities = capabilitiesOf(channel);
  const problems = contentProblems(content, capabilities);
  if (problems.length === 0) return { ok: true, contents: [content], degraded: false };
  const refused: Fit = { ok: false, problems };
  if (policy === 'split') return splitContent(content, capabilities) ?? refused;
  return policy === 'degrade' ? (degradeContent(content, capabilities) ?? refused) : refused;
}

function splitContent(content: MessageContent, channel: ChannelCapabilities): Fit | undefined {
  if (content.type === 'text') return asTexts(content.text!, channel, content.numbered);
  if (!isMedia(content.type) || content.caption === undefined) return undefined;
  const { caption, ...bare } = content;
  if (contentProblems(bare, channel).length > 0) return undefined;
  const texts = asTexts(caption, channel);
  return texts?.ok ? { ...texts, contents: [bare, ...texts.contents] } : texts;
}

function asTexts(whole: string, channel: ChannelCapabilities, numbered?: MessageContent['numbered']): Fit | undefined {
  const parts = splitText(whole, (part) => fitsText(part, channel.text));
  const contents = parts?.map((text): MessageContent => ({ type: 'text', text }));
  // The list of choices stands at the end, so a reply to the last part means one of them.
  if (contents && numbered) contents[contents.length - 1]!.numbered = numbered;
  return contents && { ok: true, contents, degraded: false };
}

function degradeContent(content: MessageContent, channel: ChannelCapabilities): Fit | undefined {
  const plain = degrade(content);
  if (!plain) return undefined;
  const tooLong = textProblem('text', plain.text!, channel);
  if (!tooLong) return { ok: true, contents: [plain], degraded: true };
  return { ok: false, problems: [{ field: 'type', reason: `${content.type} as text ${tooLong.reason}` }] };
}
