/** A rule of the guides as it stands in the source, how to switch it off, and the test that must fail then. */
export interface SwitchedOff {
  /** Guide and section, and what they ask for. */
  readonly rule: string;
  /** From the root of the repository. */
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  readonly spec: string;
  /** Of the test, or a part of it; `docs/guides.md` names the test. */
  readonly title: string;
}

const PROFILE = 'libs/providers/src/genesys-guide';
const FOLD = 'apps/session-state/src/fold';

export const RULES: readonly SwitchedOff[] = [
  {
    rule: '000 §1: without the opt-in no conversation is opened',
    file: `${PROFILE}/client.ts`,
    find: 'if (!request.optIn)',
    replace: 'if (false)',
    spec: `${PROFILE}/client.spec.ts`,
    title: 'do not create a conversation without opt-in, and make no request for it',
  },
  {
    rule: '000 §2, the trap: over-broad scopes are refused at start',
    file: 'libs/accounts/src/scopes.ts',
    find: 'firstOf(value) === undefined,',
    replace: 'true,',
    spec: 'libs/accounts/src/load-accounts.spec.ts',
    title: 'refuses the over-broad scope',
  },
  {
    rule: '000 §3: the signature of a webhook is checked',
    file: `${PROFILE}/signature.ts`,
    find: 'return matched;',
    replace: 'return true;',
    spec: `${PROFILE}/signature.spec.ts`,
    title: 'accepts what any one of the active secrets signed, and only over the same bytes',
  },
  {
    rule: '000 §3, the trap: what is told again changes nothing',
    file: `${FOLD}/fold.ts`,
    find: "if (remembers(before.recentFacts, given.id)) return { skipped: 'repeated-fact' };",
    replace: '',
    spec: `${FOLD}/fold.spec.ts`,
    title: 'skips a fact that was published twice',
  },
  {
    rule: '000 §5, the trap: a participant left pending is set accepted',
    file: `${FOLD}/deadline/stuck.ts`,
    find: "if (tries <= again) return 're-assert';",
    replace: '',
    spec: `${FOLD}/deadline/deadlines.spec.ts`,
    title: 'is set accepted by command, visibly',
  },
  {
    rule: '000 edge case 2: no more than 80 % of a limit is refilled',
    file: 'libs/redis/src/budget/bucket.ts',
    find: 'Math.ceil((periodMs * 1_000) / (0.8 * limit))',
    replace: 'Math.ceil((periodMs * 1_000) / limit)',
    spec: 'libs/redis/src/budget/bucket.spec.ts',
    title: 'lets no more than the limit arrive in a period, for any limit and period',
  },
  {
    rule: '003 overview: after 72 hours a message opens a new session',
    file: `${FOLD}/session-life.ts`,
    find: "return moment - lastActivity > groupingMs ? 'expired' : 'open';",
    replace: "return 'open';",
    spec: `${FOLD}/session-life.spec.ts`,
    title: 'opens a new session when the grouping time has passed, and keeps the provider conversation',
  },
  {
    rule: '003 character limits: a text that is too long is refused',
    file: 'libs/channels/src/capabilities/check-content.ts',
    find: 'if (text.length <= max) return undefined;',
    replace: 'return undefined;',
    spec: 'libs/channels/src/fit/fit.spec.ts',
    title: 'characters and refuses one more, naming the limit',
  },
  {
    rule: '004 404: the id of a conversation is not taken for that of a contact',
    file: `${PROFILE}/contacts.ts`,
    find: 'if (contactId === providerConversationId) return refused(IS_CONVERSATION);',
    replace: '',
    spec: `${PROFILE}/contacts.spec.ts`,
    title: 'id that is really the id of the conversation is refused with that reason, without a request',
  },
  {
    rule: '004 400: a wrong content type is refused, naming the nearest right one',
    file: `${PROFILE}/structured-bodies.ts`,
    find: 'if (!isGuideContentType(type)) return { ok: false, reason: typeHint(String(type)) };',
    replace: '',
    spec: `${PROFILE}/contacts.spec.ts`,
    title: 'is refused without a request, naming',
  },
];
