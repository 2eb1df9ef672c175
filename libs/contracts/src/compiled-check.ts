import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import {
  arrayMaxSize,
  arrayMinSize,
  getMetadataStorage,
  isArray,
  isBoolean,
  isIn,
  isInt,
  isISO8601,
  isNotEmpty,
  isNumber,
  isObject,
  isString,
  isUUID,
  matches,
  max,
  maxLength,
  min,
  minLength,
  ValidationTypes,
  type IsUUIDVersion,
} from 'class-validator';

/** What class-validator's storage keeps of one decorator on one property. */
type RuleMetadata = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];
type DataClass = new () => object;
type Check = (value: unknown) => boolean;
type Condition = (owner: object, value: unknown) => boolean;

interface PropertyCheck {
  readonly name: string;
  readonly conditions: readonly Condition[];
  readonly checks: readonly Check[];
}

/**
 * The decorators of contract classes, by class-validator's names, each given its first argument. The functions are
 * class-validator's own, so the verdicts are the same.
 */
const RULES: Readonly<Record<string, (argument: never) => Check>> = {
  isString: () => isString,
  isBoolean: () => isBoolean,
  isInt: () => isInt,
  isNumber: (options: Parameters<typeof isNumber>[1]) => (value) => isNumber(value, options),
  matches: (pattern: RegExp) => (value) => typeof value === 'string' && matches(value, pattern),
  isObject: () => isObject,
  isArray: () => isArray,
  isNotEmpty: () => isNotEmpty,
  isUuid: (version: IsUUIDVersion) => (value) => isUUID(value, version),
  isIso8601: (options: Parameters<typeof isISO8601>[1]) => (value) => isISO8601(value, options),
  isIn: (values: readonly unknown[]) => (value) => isIn(value, values),
  min: (least: number) => (value) => min(value, least),
  max: (most: number) => (value) => max(value, most),
  minLength: (least: number) => (value) => minLength(value, least),
  // class-validator counts code points; they are never more than the code units, which cost nothing to count.
  maxLength: (most: number) => (value) => typeof value === 'string' && (value.length <= most || maxLength(value, most)),
  arrayMinSize: (least: number) => (value) => arrayMinSize(value, least),
  arrayMaxSize: (most: number) => (value) => arrayMaxSize(value, most),
};

const compiled = new Map<DataClass, Check>();

/**
 * The check of a contract class, compiled once from class-validator's metadata: about a twentieth of class-validator's
 * own cost per record, with the same verdict on anything JSON can say. It does not say what is wrong; `problemsOf` does.
 *
 * @throws Error when the class uses a decorator the compiler does not know, or sets defaults in its constructor
 */
export function isValid(dataClass: DataClass): Check {
  const known = compiled.get(dataClass);
  if (known) return known;
  const properties: PropertyCheck[] = [];
  const check: Check = (value) => isPlainObject(value) && properties.every((property) => holds(property, value));
  // Registered before its properties are compiled, so that a class may contain itself.
  compiled.set(dataClass, check);
  try {
    properties.push(...compileProperties(dataClass));
  } catch (error) {
    compiled.delete(dataClass);
    throw error;
  }
  return check;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function holds({ name, conditions, checks }: PropertyCheck, owner: Record<string, unknown>): boolean {
  const value = owner[name];
  for (const condition of conditions) if (!condition(owner, value)) return true;
  for (const check of checks) if (!check(value)) return false;
  return true;
}

function compileProperties(dataClass: DataClass): PropertyCheck[] {
  const defaults = Object.entries(new dataClass()).filter(([, value]) => value !== undefined);
  if (defaults.length > 0) {
    throw new Error(
      `${dataClass.name}.${defaults[0]![0]} has a default: a compiled check looks at the data as they came`,
    );
  }
  const metadata = getMetadataStorage().getTargetValidationMetadatas(dataClass, '', false, false);
  const names = [...new Set(metadata.map((rule) => rule.propertyName))];
  return names.map((name) => {
    const rules = metadata.filter((rule) => rule.propertyName === name);
    const isCondition = (rule: RuleMetadata) => rule.type === ValidationTypes.CONDITIONAL_VALIDATION;
    return {
      name,
      conditions: rules.filter(isCondition).map((rule) => rule.constraints[0] as Condition),
      checks: rules.filter((rule) => !isCondition(rule)).map((rule) => compileRule(dataClass, rule)),
    };
  });
}

function compileRule(dataClass: DataClass, rule: RuleMetadata): Check {
  if (rule.type === ValidationTypes.NESTED_VALIDATION) return nested(nestedClass(dataClass, rule.propertyName));
  const [constraint] = getMetadataStorage().getTargetValidatorConstraints(rule.constraintCls);
  const name = constraint?.name ?? rule.type;
  const build = rule.type === ValidationTypes.CUSTOM_VALIDATION && !rule.validateIf ? RULES[name] : undefined;
  if (!build) {
    const known = Object.keys(RULES).join(', ');
    throw new Error(
      `${dataClass.name}.${rule.propertyName}: no compiled check for the decorator "${name}" (known: ${known})`,
    );
  }
  const check = build(rule.constraints?.[0] as never);
  return rule.each ? (value) => (Array.isArray(value) ? value.every(check) : check(value)) : check;
}

/** ValidateNested looks into arrays with and without `each`, and lets undefined pass. */
function nested(dataClass: DataClass): Check {
  const one = isValid(dataClass);
  const check: Check = (value) => value === undefined || (Array.isArray(value) ? value.every(check) : one(value));
  return check;
}

/** What `@Type` names, found by letting class-transformer make one. */
function nestedClass(dataClass: DataClass, property: string): DataClass {
  const probe = plainToInstance(dataClass, { [property]: {} }) as Record<string, object>;
  const found = probe[property]?.constructor as DataClass | undefined;
  if (!found || found === (Object as unknown)) {
    throw new Error(`${dataClass.name}.${property} is nested without @Type: class-validator would not look into it`);
  }
  return found;
}
