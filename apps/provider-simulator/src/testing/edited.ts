type Node = Record<string, unknown>;

/** A deep copy with the value at a path such as `to[0].id`; `undefined` takes the field out. */
export function edited(body: object, path: string, value: unknown): object {
  const copy = structuredClone(body);
  const steps = path.split(/[.[\]]+/).filter((step) => step !== '');
  const last = steps.pop() as string;
  let node = copy as Node;
  for (const step of steps) node = node[step] as Node;
  if (value === undefined) delete node[last];
  else node[last] = value;
  return copy;
}

/** [the field the refusal names, the field that is changed, its new value (none: taken out)] */
export type Change = [named: string, changed: string, value?: unknown];

/** The changed field is the one to be named. */
export function wrong(field: string, ...values: unknown[]): Change[] {
  return (values.length === 0 ? [undefined] : values).map((value): Change => [field, field, value]);
}
