const known = new Map<string, boolean>();
/** There are about 600 names; files may hold any number of wrong ones. */
const MOST_KNOWN = 2_000;

/** Whether it is the name of a time zone (IANA). */
export function isTimeZone(name: string): boolean {
  const before = known.get(name);
  if (before !== undefined) return before;
  const is = /^[A-Za-z]/.test(name) && name.length <= 64 && canFormat(name);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(name, is);
  return is;
}

function canFormat(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}
