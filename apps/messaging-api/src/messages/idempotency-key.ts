import { badRequest } from '@heliograph/http-api';

const FIELD = 'Idempotency-Key';
const MAX_LENGTH = 255;

/**
 * The idempotency key of a request.
 *
 * @throws ApiError 400 when it is missing, repeated, too long or not printable ASCII
 */
export function readIdempotencyKey(headers: readonly string[]): string {
  const values = headers.filter((_, i) => i % 2 === 1 && headers[i - 1]!.toLowerCase() === FIELD.toLowerCase());
  const [key] = values;
  const refuse = (reason: string) => badRequest([{ field: FIELD, reason }]);
  if (!key) {
    throw refuse(
      'header is required: a text of your choice, the same in every repetition of this request, so that a repetition never sends twice',
    );
  }
  if (values.length > 1) throw refuse('header is given more than once');
  if (key.length > MAX_LENGTH) throw refuse(`has ${key.length} characters; at most ${MAX_LENGTH} are allowed`);
  if (!/^[\x20-\x7e]+$/.test(key)) throw refuse('holds a character that is not printable ASCII');
  return key;
}
