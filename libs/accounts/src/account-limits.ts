/** Never more than `requests` arrivals in any `perSeconds`. */
export interface Limit {
  readonly requests: number;
  readonly perSeconds: number;
}

/** One message per `perSeconds` to each contact; up to `borrow` at once, at the expense of later ones. */
export interface PairLimit {
  readonly perSeconds: number;
  readonly borrow: number;
}

/** What a provider allows an account to do about its templates. `null`: no such limit. */
export interface TemplateLimits {
  /** Templates created. */
  readonly creations: Limit | null;
  /** Every request about templates: lists, look-ups and creations. */
  readonly calls: Limit | null;
}

/** What a provider allows an account. `null`: no such limit. */
export interface AccountLimits {
  /** Every request of the organisation, whichever account or client makes it. */
  readonly tenant: Limit;
  /** Every request of one OAuth client. */
  readonly client: Limit | null;
  /** Messages from one number. */
  readonly number: Limit | null;
  /** Templates that are not of a campaign. */
  readonly agentless: Limit | null;
  /** Messages of campaigns. */
  readonly campaign: Limit | null;
  /** WhatsApp messages from one number to one contact. */
  readonly pair: PairLimit | null;
  /** Of the account alone, not of the whole organisation; absent: no such limits. */
  readonly templates?: TemplateLimits;
  /** Share of each limit (0 to 1) that campaigns get while transactional messages wait, too. */
  readonly campaignShare: number;
}
