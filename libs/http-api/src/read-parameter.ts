import { isUUID } from 'class-validator';
import { badRequest } from './api-error.ts';

/** @throws ApiError 400 when the id of the path is not a UUID */
export function readId(id: string): string {
  if (!isUUID(id)) throw badRequest([{ field: 'id', reason: 'is not a UUID' }]);
  return id.toLowerCase();
}

/** @throws ApiError 400 when a query parameter is given and is not a whole number in the range */
export function readWholeNumber(name: string, text: unknown, range: { min: number; max: number }): number | undefined {
  if (text === undefined) return undefined;
  const value = typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (value >= range.min && value <= range.max) return value;
  throw badRequest([{ field: name, reason: `must be a whole number from ${range.min} to ${range.max}` }]);
}
