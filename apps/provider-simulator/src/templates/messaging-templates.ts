import { FieldError, object, oneOf, optional, text, type Check, type Checked } from '../check/check.ts';
import { newId } from '../world/new-id.ts';

/** REJECTED is named beside the other two in guide 002, edge case 3. */
export const messagingStatus = oneOf('PUBLISHED', 'DRAFT', 'REJECTED');

const fields = {
  name: text({ max: 512 }),
  type: oneOf('sms', 'email'),
  /** Of an e-mail; assumed. */
  subject: optional(text({ max: 998 })),
  body: text({ max: 4000 }),
};
const newShape = object({ ...fields, status: oneOf('PUBLISHED', 'DRAFT') });
const seededShape = object({ id: optional(text()), ...fields, status: messagingStatus });

/** Guide 002 §2. */
export const newMessagingTemplate: Check<Checked<typeof newShape>> = (value, field) =>
  ofItsType(newShape(value, field), field);
export const seededMessagingTemplate: Check<Checked<typeof seededShape>> = (value, field) =>
  ofItsType(seededShape(value, field), field);

function ofItsType<T extends { type: string; subject?: string | undefined }>(given: T, field: string): T {
  if (given.type === 'sms' && given.subject !== undefined) {
    throw new FieldError(field === '' ? 'subject' : `${field}.subject`, 'is only for e-mail');
  }
  return given;
}

export interface MessagingTemplate extends Omit<Checked<typeof newShape>, 'status' | 'body'> {
  readonly id: string;
  body: string;
  status: Checked<typeof messagingStatus>;
}

/** The SMS and e-mail templates of one account. Names are unique. */
export class MessagingTemplateStore {
  readonly #byId = new Map<string, MessagingTemplate>();

  constructor(seeds: readonly Checked<typeof seededShape>[]) {
    for (const { id, ...seed } of seeds) this.#add({ id: id ?? newId(), ...seed });
  }

  #add(template: MessagingTemplate): MessagingTemplate {
    this.#byId.set(template.id, template);
    return template;
  }

  list(): MessagingTemplate[] {
    return [...this.#byId.values()];
  }

  byId(id: string): MessagingTemplate | undefined {
    return this.#byId.get(id);
  }

  find(name: string): MessagingTemplate | undefined {
    return this.list().find((template) => template.name === name);
  }

  /** The caller has checked that there is none of that name. */
  create(definition: Checked<typeof newShape>): MessagingTemplate {
    return this.#add({ id: newId(), ...definition });
  }
}

/** What the customer reads: a variable that is not given stays there as it is, `{{order_id}}` (guide 002 §2, the trap). */
export function rendered(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{\{\s*(\w+)\s*\}\}/g, (placeholder, name: string) =>
    Object.hasOwn(values, name) ? (values[name] as string) : placeholder,
  );
}
