import { FieldError, list, object, oneOf, optional, text, variant, type Check, type Checked } from '../check/check.ts';
import { assertLinks, linksToFill, templateButtons } from './template-buttons.ts';
import { assertNumbered, parameterList, placeholdersOf, type Parameter } from './template-texts.ts';

const parameters = optional(parameterList);
const components = {
  HEADER: object({ type: oneOf('HEADER'), format: oneOf('TEXT'), text: text({ max: 60 }), parameters }),
  BODY: object({ type: oneOf('BODY'), text: text(), parameters }),
  FOOTER: object({ type: oneOf('FOOTER'), text: text({ max: 60 }) }),
  BUTTONS: object({ type: oneOf('BUTTONS'), buttons: templateButtons }),
};

export type TemplateComponent = Checked<(typeof components)[keyof typeof components]>;

const componentList = list<TemplateComponent>(variant('type', components), { min: 1, max: 4 });

/** The components of guide 001 §1 and §4: a body, at most one of each kind, as many parameters as placeholders where there are any. */
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

/** As they are submitted: a parameter for every placeholder, none in the footer, one at most in the header (Meta). */
const submittedComponents: Check<TemplateComponent[]> = (value, field) => {
  const given = templateComponents(value, field);
  given.forEach((component, index) => assertSubmitted(component, `${field}[${index}]`));
  return given;
};

function assertSubmitted(component: TemplateComponent, field: string): void {
  if (component.type === 'BUTTONS') return assertLinks(component.buttons, `${field}.buttons`);
  const count = placeholders(component);
  if (component.type === 'FOOTER') {
    if (count > 0) throw new FieldError(`${field}.text`, 'takes no placeholders');
    return;
  }
  if (component.type === 'HEADER' && count > 1) throw new FieldError(`${field}.text`, 'takes one placeholder');
  assertNumbered(component.text, component.parameters, field);
}

export const newTemplate = object({
  name: text({ max: 512, pattern: /^[a-z0-9_]+$/, like: 'lower-case letters, digits and _' }),
  language: text({ pattern: /^[a-z]{2,3}(_[A-Z]{2})?$/, like: 'en or en_US' }),
  category: oneOf('UTILITY', 'MARKETING', 'AUTHENTICATION'),
  components: submittedComponents,
});

/** How many different {{n}} the text of a component has. */
export function placeholders(component: TemplateComponent): number {
  return component.type === 'BUTTONS' ? 0 : placeholdersOf(component.text).length;
}

/** What a send has to fill, in the order of guide 001 §3: header, body, links. Each with its parameter, where it is known. */
export function slotsOf(given: readonly TemplateComponent[]): (Parameter | undefined)[] {
  const texts = (['HEADER', 'BODY'] as const).flatMap((type) => {
    const component = given.find((one) => one.type === type);
    if (!component || !('parameters' in component)) return [];
    return Array.from({ length: placeholders(component) }, (_, index) => component.parameters?.[index]);
  });
  return [...texts, ...given.flatMap((one) => (one.type === 'BUTTONS' ? linksToFill(one.buttons) : []))];
}
