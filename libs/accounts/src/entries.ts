/** The elements of a list that are objects of the class, with their paths; none when it is not a list. */
export function entries<T>(list: unknown, path: string, type: new () => T): [path: string, entry: T][] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown, index) => (entry instanceof type ? [[`${path}[${index}]`, entry]] : []));
}
