/** A record is larger than the broker takes. It was not sent; sending it again would change nothing. */
export class RecordTooLarge extends Error {
  override readonly name = 'RecordTooLarge';
  constructor(
    readonly topic: string,
    readonly bytes: number,
    limit?: number,
  ) {
    super(`a record of ${bytes} bytes is too large for ${topic}${limit ? ` (limit ${limit})` : ''}`);
  }
}
