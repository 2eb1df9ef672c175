import { FieldError } from '../check/check.ts';
import type { Button } from '../templates/template-buttons.ts';
import { placeholders, slotsOf, type TemplateComponent } from '../templates/template-shapes.ts';
import type { Template } from '../templates/template-store.ts';
import { isDay } from '../templates/template-texts.ts';
import type { Offer } from './conversation-store.ts';
import type { SentComponent, SentTemplate } from './message-shapes.ts';

/**
 * Throws unless the values of a send are those that the template takes.
 *
 * @returns why Meta will not deliver it after all: a date that is none is only found there (guide 001 §1, the trap)
 */
export function judgeValues(template: Template, values: readonly string[], field: string): string | undefined {
  const slots = slotsOf(template.components);
  if (values.length !== slots.length) {
    throw new FieldError(
      field,
      `the template takes ${slots.length} parameters (header, body, links), not ${values.length}`,
    );
  }
  const wrong = slots.findIndex((slot, index) => slot?.type === 'DATE' && !isDay(values[index] ?? ''));
  return wrong < 0 ? undefined : `parameter ${wrong} is no date`;
}

/** The values of a send by components (guide 000 §4), in the order of the template. Throws where they do not fit it. */
export function valuesOfComponents({ components }: Template, { components: sent = [] }: SentTemplate): string[] {
  const known = components.map(({ type }) => (type === 'BUTTONS' ? 'button' : type.toLowerCase()));
  sent.forEach(({ type }, index) => {
    if (known.includes(type)) return;
    throw new FieldError(`template.components[${index}].type`, 'is no component of the template');
  });
  const texts = components.flatMap((component) => (component.type === 'BUTTONS' ? [] : textValues(component, sent)));
  return [...texts, ...linkValues(buttonsOf(components), sent)];
}

function textValues(component: TemplateComponent, sent: readonly SentComponent[]): string[] {
  const type = component.type.toLowerCase();
  const given = sent.filter((one) => one.type === type);
  if (given.length > 1) throw new FieldError('template.components', `${type} is given twice`);
  const values = given[0]?.parameters.map((one) => ('text' in one ? one.text : '')) ?? [];
  if (values.length === placeholders(component)) return values;
  throw new FieldError(
    'template.components',
    `${type} takes ${placeholders(component)} parameters, not ${values.length}`,
  );
}

/** A link with a placeholder needs its value; a reply may be given another payload. */
function linkValues(buttons: readonly Button[], sent: readonly SentComponent[]): string[] {
  sent.forEach((one, index) => {
    if (one.type !== 'button') return;
    const field = `template.components[${index}]`;
    const button = buttons[Number(one.index)];
    const fits = one.sub_type === 'url' ? isLink(button) : button?.type === 'REPLY';
    if (!fits) throw new FieldError(`${field}.index`, `names no button that takes a ${one.sub_type}`);
    const wanted = one.sub_type === 'url' ? 'text' : 'payload';
    if (one.parameters[0]?.type !== wanted) throw new FieldError(`${field}.parameters[0].type`, `must be "${wanted}"`);
  });
  return buttons.flatMap((button, place) => {
    if (!isLink(button)) return [];
    const [value, ...more] = sent.flatMap((one) => (isFor(one, place) ? one.parameters : []));
    if (!value || more.length > 0) throw new FieldError('template.components', `button ${place} takes one parameter`);
    return 'text' in value ? [value.text] : [];
  });
}

const isLink = (button: Button | undefined): boolean => button?.type === 'URL' && button.url.url.endsWith('{{1}}');
const isFor = (one: SentComponent, place: number) => one.type === 'button' && Number(one.index) === place;
const buttonsOf = (components: readonly TemplateComponent[]): readonly Button[] =>
  components.flatMap((component) => (component.type === 'BUTTONS' ? component.buttons : []));

/** What the customer can press in a template; a payload of the send stands in for that of the template. */
export function offersOfTemplate({ components }: Template, sent: readonly SentComponent[] = []): Offer[] {
  return buttonsOf(components).flatMap((button, place) => {
    if (button.type !== 'REPLY') return [];
    const given = sent.find((one) => isFor(one, place))?.parameters[0];
    const payload = given && 'payload' in given ? given.payload : button.reply.id;
    return [{ kind: 'button' as const, label: button.reply.title, payload }];
  });
}
