import type { MessageContent } from '@heliograph/contracts';

type Change = (text: string, field: string) => string;

/**
 * The content with every text that the customer gets to read changed: texts, values of templates, captions, titles, labels
 * and names of files. Not the values that come back when a button is pressed, nor addresses.
 */
export function withTexts(content: MessageContent, change: Change): MessageContent {
  const copy = { ...content };
  for (const field of ['text', 'caption', 'title', 'subtitle', 'label', 'fileName'] as const) {
    const text = content[field];
    if (text !== undefined) copy[field] = change(text, field);
  }
  copy.parameters = content.parameters?.map((text, index) => change(text, `parameters.${index}`));
  copy.headerParameters = content.headerParameters?.map((text, index) => change(text, `headerParameters.${index}`));
  copy.variables = withValues(content.variables, change);
  copy.choices = withLabels(content.choices, 'choices', change);
  copy.numbered = withLabels(content.numbered, 'numbered', change);
  copy.actions = content.actions?.map((action, index) => ({
    ...action,
    title: change(action.title, `actions.${index}.title`),
  }));
  return withoutGaps(copy);
}

const withLabels = (choices: MessageContent['choices'], field: string, change: Change): MessageContent['choices'] =>
  choices?.map((choice, index) => ({ ...choice, label: change(choice.label, `${field}.${index}.label`) }));

const withValues = (variables: MessageContent['variables'], change: Change): MessageContent['variables'] =>
  variables &&
  Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name,
      typeof value === 'string' ? change(value, `variables.${name}`) : value,
    ]),
  );

/** Fields that were not given are not given afterwards. */
const withoutGaps = (content: MessageContent): MessageContent =>
  Object.fromEntries(Object.entries(content).filter(([, value]) => value !== undefined)) as unknown as MessageContent;
