import { readAttributes, type CloudEvent, type RecordLike } from './cloud-event.ts';
import { findContract, typesOf } from './events.ts';
import { problemsOf, type FieldProblem } from './validate.ts';

/** A record read as an event, or the reasons why it cannot be. */
export type Decoded =
  | { readonly ok: true; readonly event: CloudEvent }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] };

const failed = (field: string, reason: string): Decoded => ({ ok: false, problems: [{ field, reason }] });

/** Reads and validates a record of a topic. Never throws: bad input is a value. */
export function decodeEvent(topic: string, record: RecordLike): Decoded {
  const { event, missing } = readAttributes(record);
  if (missing.length > 0) {
    return { ok: false, problems: missing.map((field) => ({ field, reason: 'header is missing' })) };
  }
  const contract = findContract(topic, event.type);
  if (!contract) {
    const known = typesOf(topic).join(', ');
    return failed('ce_type', `"${event.type}" is not an event of ${topic} (known: ${known || 'none'})`);
  }
  if (!record.value) return failed('', 'the record has no value');
  let data: unknown;
  try {
    data = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(record.value));
  } catch (error) {
    return failed('', `the value is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (contract.data) {
    const problems = problemsOf(contract.data, data);
    if (problems.length > 0) return { ok: false, problems };
  }
  return { ok: true, event: { ...event, data } };
}
