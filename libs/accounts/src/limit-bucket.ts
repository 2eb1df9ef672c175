/** A limit as a budget keeps it: never more than `limit` arrivals in any `periodMs`. */
export interface LimitBucket {
  /** Its kind, then what tells it from others of the tenant: `number:whatsapp:15550009876`. */
  readonly name: string;
  readonly limit: number;
  readonly periodMs: number;
  /** Of a pair: up to so many at once. */
  readonly borrow?: number;
  /** Share (0 to 1) of campaigns while transactional messages wait, too. */
  readonly campaignShare?: number;
}
