/**
 * Turns the text of a variable into the type of its property. Text that does not read as that type is returned as it is,
 * so that the property's validator refuses it with its own reason.
 *
 * @param type the property's declared type, as the compiler records it for decorated properties
 */
export function convert(text: string, type: unknown): unknown {
  if (type === Number) return /^[+-]?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text;
  if (type === Boolean) return text === 'true' ? true : text === 'false' ? false : text;
  if (type === Array) return splitList(text);
  return text;
}

const splitList = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
