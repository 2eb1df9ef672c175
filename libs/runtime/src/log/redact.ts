/**
 * Names of fields whose values never reach a log (promise 10), in lower case without dashes and underscores: credentials,
 * signatures, message bodies, addresses of contacts.
 */
const HIDDEN_FIELDS = new Set(
  (
    'authorization proxyauthorization cookie setcookie signature xgenesyscloudsignature xhubsignature xhubsignature256 ' +
    'password secret secrets clientsecret token accesstoken refreshtoken apikey apikeys xapikey ' +
    'body rawbody data payload content text parameters ' +
    'contact recipient address from to phone email subject'
  ).split(' '),
);
const HIDDEN = '[hidden]';
/** Deeper than anything logged on purpose; also ends circular structures. */
const MAX_DEPTH = 6;

/** A copy of log fields without what must not be logged: hidden fields at any depth, bytes, an error's extra properties. */
export function redact(fields: Readonly<Record<string, unknown>>, depth = 0): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    copy[name] = isHidden(name, value) ? HIDDEN : redactValue(value, depth + 1);
  }
  return copy;
}

/** Own listeners are announced as `address`, so an HTTP address is shown under that name. */
function isHidden(name: string, value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (name === 'address' && typeof value === 'string' && /^https?:\/\//.test(value)) return false;
  return HIDDEN_FIELDS.has(name.toLowerCase().replace(/[-_]/g, ''));
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return describeError(value, depth);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth >= MAX_DEPTH) return '[…]';
  if (Array.isArray(value)) return value.map((item) => redactValue(item, depth + 1));
  if (value instanceof Date) return value.toISOString();
  return redact(value as Record<string, unknown>, depth);
}

/** Class, message, stack and cause only: clients hang requests and responses with bodies and tokens onto their errors. */
function describeError(error: Error, depth: number): Record<string, unknown> {
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' && { code }),
    stack: error.stack,
    ...(error.cause !== undefined && { cause: depth < MAX_DEPTH ? redactValue(error.cause, depth + 1) : '[…]' }),
  };
}
