/**
 * Our id of something in the CRM, made of its parts: the same for the same parts, different for different ones, and of
 * characters that stand in a URL as they are, so that no proxy or CRM decodes it into another. Reads `acme~sms~.002b15550001234`:
 * what is no letter, digit, `_` or `-` appears as `.` with the four hex digits of its UTF-16 code unit.
 */
export function externalId(...parts: readonly string[]): string {
  return parts.map(escaped).join('~');
}

const escaped = (part: string): string =>
  part.replace(/[^A-Za-z0-9_-]/g, (unit) => `.${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
