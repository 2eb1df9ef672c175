import { HttpException } from '@nestjs/common';
import type { ErrorDetail } from '@heliograph/runtime';

/** An answer other than success that this API gives on purpose. */
export class ApiError extends HttpException {
  /**
   * @param message what is wrong and what to do, for people
   * @param details the fields of the request that are wrong, one entry per reason
   */
  constructor(
    status: number,
    message: string,
    readonly details: readonly ErrorDetail[] = [],
  ) {
    super({ message, details }, status);
  }
}

/** Something of the request is wrong: 400 with every field and reason. */
export function badRequest(details: readonly ErrorDetail[]): ApiError {
  const [first] = details;
  const what = details.length === 1 && first ? `${first.field} ${first.reason}` : `${details.length} things are wrong`;
  return new ApiError(400, what, details);
}
