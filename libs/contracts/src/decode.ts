import { readAttributes, type CloudEvent, type RecordLike } from './cloud-event.ts';
import { isValid } from './compiled-check.ts';
import { EVENTS, findContract, typesOf } from './events.ts';
import type { EventContract } from './contract.ts';
import { problemsOf, type FieldProblem } from './validate.ts';

/** A record read as an event, or the reasons why it cannot be. */
export type Decoded =
  | { readonly ok: true; readonly event: CloudEvent }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] };

const failed = (field: string, reason: string): Decoded => ({ ok: false, problems: [{ field, reason }] });

const utf8 = new TextDecoder('utf-8', { fatal: true });

// Compiled when the module is loaded: a contract the compiler refuses must not wait for its first record.
for (const { data } of Object.values<EventContract>(EVENTS)) if (data) isValid(data);

/**
 * Reads and validates a record of a topic. Never throws: bad input is a value. The reasons never quote the data.
 *
 * @param topic logical topic name
 */
export function decodeEvent(topic: string, record: RecordLike): Decoded {
  const { event, missing } = readAttributes(record);
  if (missing.length > 0) {
    return { ok: false, problems: missing.map((field) => ({ field, reason: 'is missing' })) };
  }
  const contract = findContract(topic, event.type);
  if (!contract) {
    const known = typesOf(topic).join(', ');
    return failed('ce_type', `"${event.type.slice(0, 100)}" is not an event of ${topic} (known: ${known || 'none'})`);
  }
  if (!record.value) return failed('', 'the record has no value');
  const parsed = parse(record.value);
  if (!parsed.ok) return failed('', parsed.reason);
  const problems = problemsIn(contract, event.partitionKey, parsed.data);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, event: { ...event, data: parsed.data } };
}

type Parsed = { readonly ok: true; readonly data: unknown } | { readonly ok: false; readonly reason: string };

function parse(value: Buffer): Parsed {
  let text: string;
  try {
    text = utf8.decode(value);
  } catch {
    return { ok: false, reason: 'the value is not UTF-8' };
  }
  try {
    return { ok: true, data: JSON.parse(text) };
  } catch (error) {
    // V8's message quotes the text around the mistake; only the position may go into logs.
    const position = /position \d+/.exec(error instanceof Error ? error.message : '')?.[0];
    return { ok: false, reason: `the value is not JSON${position ? ` (at ${position})` : ''}` };
  }
}

function problemsIn({ topic, data: dataClass }: EventContract, key: string, data: unknown): FieldProblem[] {
  if (!isJsonObject(data)) return [{ field: '', reason: 'must be a JSON object' }];
  if (!dataClass) return [];
  if (!isValid(dataClass)(data)) {
    const problems = problemsOf(dataClass, data);
    return problems.length > 0 ? problems : [{ field: '', reason: `is not a valid ${dataClass.name}` }];
  }
  if (topic.keyField && data[topic.keyField] !== key) {
    return [
      { field: 'key', reason: `is not the ${topic.keyField} of the data: the order of its conversation would be lost` },
    ];
  }
  return [];
}

function isJsonObject(data: unknown): data is Record<string, unknown> {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}
