/**
 * CloudEvents 1.0 in Kafka's binary content mode: attributes as `ce_*` headers, the data as the record value, the
 * partition key as the record key (CloudEvents Kafka Protocol Binding 1.0.2, section 3.2).
 */
export interface CloudEvent<T = unknown> {
  readonly id: string;
  readonly type: string;
  /** Who wrote it: `/heliograph/<service>`. */
  readonly source: string;
  /** What it is about, for example a message id. */
  readonly subject?: string;
  /** ISO 8601 moment of the event. */
  readonly time: string;
  /** Record key. */
  readonly partitionKey: string;
  /** Extension attributes, lower-case letters and digits only: tenant, account, profile … */
  readonly extensions: Readonly<Record<string, string>>;
  readonly data: T;
  /** W3C trace context of the cause. */
  readonly traceparent?: string;
  /** `topic/partition/offset` of the record this one was caused by; on dead-letter copies the place of the original. */
  readonly origin?: string;
}

/** A record as it is written to Kafka. */
export interface EncodedRecord {
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Record<string, string>;
}

/** What can be said of a record's headers and key before its data is looked at. */
export interface RecordLike {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>;
}

const CORE = new Set(['id', 'type', 'source', 'subject', 'time', 'specversion', 'partitionkey']);

/** Writes an event as a Kafka record. A Buffer as data is passed through unchanged; anything else becomes JSON. */
export function encodeEvent(event: CloudEvent): EncodedRecord {
  const headers: Record<string, string> = {
    ce_specversion: '1.0',
    ce_id: event.id,
    ce_type: event.type,
    ce_source: event.source,
    ce_time: event.time,
    ce_partitionkey: event.partitionKey,
    'content-type': 'application/json',
  };
  if (event.subject !== undefined) headers.ce_subject = event.subject;
  for (const [name, value] of Object.entries(event.extensions)) headers[`ce_${name}`] = value;
  if (event.traceparent !== undefined) headers.traceparent = event.traceparent;
  if (event.origin !== undefined) headers.origin = event.origin;
  const value = Buffer.isBuffer(event.data) ? event.data : Buffer.from(JSON.stringify(event.data));
  return { key: event.partitionKey, value, headers };
}

/** A header as text; the first one where a name repeats. */
export function headerText(record: Pick<RecordLike, 'headers'>, name: string): string | undefined {
  const header = record.headers[name];
  const first = Array.isArray(header) ? header[0] : header;
  return first === undefined ? undefined : typeof first === 'string' ? first : first.toString('utf8');
}

/**
 * The attributes of a record, without its data; `missing` names the required ones it lacks. The record key is one of
 * them: without a key there is no order.
 */
export function readAttributes(record: RecordLike): { event: Omit<CloudEvent, 'data'>; missing: string[] } {
  const missing: string[] = [];
  const required = (name: string): string => {
    const value = headerText(record, `ce_${name}`);
    if (value === undefined || value === '') missing.push(`ce_${name}`);
    return value ?? '';
  };
  const extensions: Record<string, string> = {};
  for (const name of Object.keys(record.headers)) {
    if (!name.startsWith('ce_') || CORE.has(name.slice(3))) continue;
    const value = headerText(record, name);
    if (value !== undefined) extensions[name.slice(3)] = value;
  }
  const event = {
    id: required('id'),
    type: required('type'),
    source: required('source'),
    time: required('time'),
    subject: headerText(record, 'ce_subject'),
    partitionKey: record.key?.toString('utf8') ?? '',
    extensions,
    traceparent: headerText(record, 'traceparent'),
    origin: headerText(record, 'origin'),
  };
  if (event.partitionKey === '') missing.push('key');
  return { event, missing };
}
