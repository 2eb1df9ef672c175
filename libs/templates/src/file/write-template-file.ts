import type { TemplateDefinition, TemplateLanguage, TemplateText } from '@heliograph/contracts';
import { Document, isCollection, isScalar, Scalar, visit, type Pair } from 'yaml';
import { INVENTED_NAME } from '../import-template.ts';
import { VALUE_TYPES } from '../render/value-types.ts';

const INVENTED =
  ' Imported: the provider does not know what its placeholders stand for.\n Names, types and samples of the variables are invented.';

/** Width of a line in the editors of most people; longer texts are folded by no one. */
const WIDTH = 0;

/** The file that says this definition: read again and applied, it changes nothing. */
export function writeTemplateFile(definition: TemplateDefinition): string {
  const document = new Document(fileOf(definition));
  visit(document, { Scalar: (_, node) => asItReads(node), Pair: (_, pair) => asOneLine(pair) });
  if (definition.variables.some(({ name }) => INVENTED_NAME.test(name))) document.commentBefore = INVENTED;
  return document.toString({ lineWidth: WIDTH, flowCollectionPadding: true });
}

/** Several lines, and nothing that would not come back as it is: YAML makes one line break of every kind. */
const PLAIN_LINES = /^(?=.*\n)[\p{L}\p{M}\p{N}\p{P}\p{S} \n]+$/su;

/** Texts of several lines as such. */
function asItReads(node: Scalar): void {
  if (typeof node.value === 'string' && PLAIN_LINES.test(node.value)) node.type = Scalar.BLOCK_LITERAL;
}

/** A variable takes one line, and so do the variables of a text. */
function asOneLine({ key, value }: Pair): void {
  if (!isScalar(key) || key.value !== 'variables' || !isCollection(value)) return;
  if (value.items.every(isScalar)) value.flow = true;
  else for (const { value: variable } of value.items as Pair[]) if (isCollection(variable)) variable.flow = true;
}

/** What is the same as when it were absent is left out. */
function fileOf(of: TemplateDefinition): object {
  return {
    name: of.name,
    ...(of.version > 1 && { version: of.version }),
    channel: of.channel,
    ...(of.category && { category: of.category }),
    ...(of.variables.length > 0 && { variables: Object.fromEntries(of.variables.map(variableOf)) }),
    languages: Object.fromEntries(of.languages.map((language) => [language.language, languageOf(of, language)])),
    ...(of.fallbacks.length > 0 && { fallbacks: of.fallbacks }),
    ...(of.emoji !== (of.channel === 'sms' ? 'text' : 'keep') && { emoji: of.emoji }),
  };
}

const variableOf = ({ name, type, max, sample }: TemplateDefinition['variables'][number]): [string, object] => [
  name,
  { ...(type !== 'text' && { type }), ...(max !== VALUE_TYPES[type].max && { max }), sample },
];

function languageOf({ channel }: TemplateDefinition, { header, subject, body, footer, buttons }: TemplateLanguage) {
  const text = (of: TemplateText) => (channel !== 'whatsapp' || of.variables.length === 0 ? of.text : of);
  return {
    ...(header && { header: text(header) }),
    ...(subject && { subject: text(subject) }),
    body: text(body),
    ...(footer !== undefined && { footer }),
    ...(buttons && buttons.length > 0 && { buttons }),
  };
}
