import { defaulting, FieldError, integer, number, object, optional, text, type Check } from '../check/check.ts';

const delay = integer({ max: 86_400_000 });

const pattern: Check<string> = (value, field) => {
  const given = text()(value, field);
  try {
    new RegExp(given, 'u');
  } catch {
    throw new FieldError(field, 'is no regular expression');
  }
  return given;
};

/** How submitted templates are reviewed. */
export const reviewSettings = object({
  /** From the submission to the verdict. */
  afterMs: delay,
  /** From the submission to IN_REVIEW; without it, the verdict is the first change. */
  inReviewAfterMs: optional(delay),
  /** Share of the templates that are rejected. */
  rejectShare: defaulting(number({ min: 0, max: 1 }), 0),
  /** Templates whose name fits are rejected. */
  rejectNames: optional(pattern),
  reason: defaulting(text(), 'INVALID_FORMAT'),
});
