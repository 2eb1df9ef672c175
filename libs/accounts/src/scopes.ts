import { ValidateBy } from 'class-validator';

/**
 * A scope that allows everything of its kind, such as `admin:all` or `view:all`: against least privilege, and an audit finding
 * (guide 000, section 2: the trap).
 */
export const isOverBroadScope = (scope: string): boolean => /^(?:.*:)?(?:all|\*)$/i.test(scope.trim());

const firstOf = (value: unknown): string | undefined =>
  Array.isArray(value)
    ? value.find((scope): scope is string => typeof scope === 'string' && isOverBroadScope(scope))
    : undefined;

/** A list of scopes without an over-broad one. */
export function NotOverBroad(): PropertyDecorator {
  return ValidateBy({
    name: 'notOverBroad',
    validator: {
      validate: (value: unknown) => firstOf(value) === undefined,
      defaultMessage: (args) =>
        `holds "${firstOf(args?.value)}", which is over-broad: name each scope that is needed (guide 000, section 2)`,
    },
  });
}
