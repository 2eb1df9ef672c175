import type { CardAction, Choice, MessageContent } from '@heliograph/contracts';

/** The content as a text that says the same; undefined for what no text can stand for. */
export function degrade(content: MessageContent): MessageContent | undefined {
  switch (content.type) {
    case 'quick-reply':
      return numbered([content.title!], content.choices!);
    case 'card':
      return degradedCard(content);
    case 'location': {
      const { label, latitude, longitude } = content;
      const place = `${latitude}, ${longitude}`;
      return text([label === undefined ? place : `${label} (${place})`]);
    }
    case 'image':
    case 'audio':
    case 'video':
    case 'file':
      return text([content.caption ?? content.fileName, content.url]);
    // A template is approved as it is, and a text is a text.
    case 'template':
    case 'text':
      return undefined;
  }
}

/** Buttons that open a page come before those that answer, so that the numbers have no gap. */
function degradedCard({ title, subtitle, imageUrl, actions = [] }: MessageContent): MessageContent {
  const pages = actions.filter(({ type }) => type === 'web_url').map(({ title: name, url }) => `${name}: ${url}`);
  const answers = actions
    .filter(({ type }) => type === 'postback')
    .map(({ title: label, payload }: CardAction): Choice => ({ label, value: payload! }));
  return numbered([title, subtitle, imageUrl, ...pages], answers);
}

function numbered(lines: readonly (string | undefined)[], choices: readonly Choice[]): MessageContent {
  const plain = text([...lines, ...choices.map(({ label }, index) => `${index + 1}. ${label}`)]);
  return choices.length > 0 ? { ...plain, numbered: choices.map(({ label, value }) => ({ label, value })) } : plain;
}

const text = (lines: readonly (string | undefined)[]): MessageContent => ({
  type: 'text',
  text: lines.filter((line) => line !== undefined).join('\n'),
});
