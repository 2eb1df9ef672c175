import { type Check, FieldError, list, object, oneOf, optional, text, type Checked } from '../check/check.ts';

const textParameter = object({ type: oneOf('TEXT'), text: object({ default: text() }) });
const dateParameter = object({
  type: oneOf('DATE'),
  date: object({ default: text({ pattern: /^\d{4}-\d{2}-\d{2}$/, like: '2023-10-25' }) }),
});
const parameters = optional(list(variant('type', { TEXT: textParameter, DATE: dateParameter })));

const button = object({
  type: oneOf('REPLY'),
  reply: object({
    id: text({ max: 256, pattern: /^[A-Za-z0-9_]+$/, like: 'letters, digits and _' }),
    title: text({ max: 25 }),
  }),
});

const components = {
  HEADER: object({ type: oneOf('HEADER'), format: oneOf('TEXT'), text: text({ max: 60 }), parameters }),
  BODY: object({ type: oneOf('BODY'), text: text(), parameters }),
  FOOTER: object({ type: oneOf('FOOTER'), text: text({ max: 60 }) }),
  BUTTONS: object({ type: oneOf('BUTTONS'), buttons: list(button, { min: 1, max: 10 }) }),
};

export type TemplateComponent = Checked<(typeof components)[keyof typeof components]>;

const componentList = list<TemplateComponent>(variant('type', components), { min: 1, max: 4 });

/** The components of guide 001 §1 and §4: a body, at most one of each kind, as many parameters as placeholders. */
export const templateComponents: Check<TemplateComponent[]> = (value, field) => {
  const given = componentList(value, field);
  given.forEach((component, index) => {
    if (given.findIndex((other) => other.type === component.type) !== index) {
      throw new FieldError(`${field}[${index}].type`, `${component.type} is given twice`);
    }
    if (!('parameters' in component) || component.parameters === undefined) return;
    if (component.parameters.length !== placeholders(component)) {
      throw new FieldError(`${field}[${index}].parameters`, 'must match the placeholders of the text');
    }
  });
  if (!given.some(({ type }) => type === 'BODY')) throw new FieldError(field, 'must have a BODY');
  return given;
};

export const newTemplate = object({
  name: text({ max: 512, pattern: /^[a-z0-9_]+$/, like: 'lower-case letters, digits and _' }),
  language: text({ pattern: /^[a-z]{2,3}(_[A-Z]{2})?$/, like: 'en or en_US' }),
  category: oneOf('UTILITY', 'MARKETING', 'AUTHENTICATION'),
  components: templateComponents,
});

/** How many different {{n}} the text of a component has. */
export function placeholders(component: TemplateComponent): number {
  if (component.type === 'BUTTONS') return 0;
  return new Set(component.text.match(/\{\{\s*\w+\s*\}\}/g)).size;
}

/** Chooses the check by the value of one field, so that the error names the wrong field of the right variant. */
function variant<C extends Record<string, Check<unknown>>>(key: string, checks: C): Check<Checked<C[keyof C]>> {
  const known = oneOf(...Object.keys(checks));
  return (value, field) => {
    const name = known((value as Record<string, unknown> | null)?.[key], `${field}.${key}`);
    return (checks[name] as Check<Checked<C[keyof C]>>)(value, field);
  };
}
