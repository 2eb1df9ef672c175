import type { MessageContent, SendMessage, TemplateChoice, HowChanged } from '@heliograph/contracts';

/** What is kept of a send whose content is not that of its command. */
export interface Changed {
  readonly changed?: HowChanged;
  readonly content?: MessageContent;
}

/** The content of the command, or what was sent in its place. */
export function contentAsSent(command: SendMessage, { changed, content }: Changed): MessageContent {
  if (content) return content;
  const { windowTemplate } = command;
  return changed === 'window-closed' && windowTemplate ? templateContent(windowTemplate) : command.content;
}

export const templateContent = ({ name, language, parameters, variables }: TemplateChoice): MessageContent => ({
  type: 'template',
  name,
  language,
  ...(parameters && { parameters }),
  ...(variables && { variables }),
});
