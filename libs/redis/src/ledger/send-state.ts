/** How a message ended. `in-doubt`: sent or not, nobody knows, and the policy allows no resend. */
export type FinalState = 'confirmed' | 'rejected' | 'in-doubt';

/**
 * `inflight`: an attempt has begun and may reach the provider until its resolve-after. `retryable`: the last attempt is known
 * to have had no effect. (Taking a message and beginning its first attempt are one step, so `claimed` is never stored.)
 */
export type SendState = 'inflight' | 'retryable' | FinalState;

/** A message whose outcome is settled: publish it, also when it has been published before. */
export interface Resolved {
  readonly kind: 'resolved';
  readonly state: FinalState;
  /** Id of the last attempt; empty when none was begun. */
  readonly attempt: string;
  /** It may have reached the provider more than once. */
  readonly possiblyRepeated: boolean;
  /** What `finish`, `refuse` or `restore` was given. */
  readonly result: string;
}

/** An attempt, of this process or another, may still reach the provider: ask again when `waitMs` have passed. */
export interface Waiting {
  readonly kind: 'wait';
  readonly waitMs: number;
  /** With this a look-up or a receipt that tells the outcome can `finish` it. */
  readonly attempt: string;
}

/**
 * The outcome of an attempt is unknown, nothing of it can arrive any more, and the provider can be asked: `finish` the attempt
 * with what it says (`retryable` where it never arrived), or say in `asked` that it cannot tell.
 */
export interface Asking {
  readonly kind: 'ask';
  readonly attempt: string;
}

export interface Begun {
  readonly kind: 'begun';
  readonly attempt: string;
  readonly possiblyRepeated: boolean;
  /** The last moment at which the first byte may leave, milliseconds of `performance.now()`. Later: `finish` as `retryable`. */
  readonly sendBy: number;
}

/** Nothing of it can be at the provider, and nothing was begun. */
export interface SetAside {
  readonly kind: 'set-aside';
}

export type BeginAnswer = Begun | Waiting | Asking | Resolved | { readonly kind: 'window-closed' };

/** An outcome as it was published. */
export interface PublishedOutcome {
  readonly entryId: string;
  readonly state: FinalState;
  readonly attempt: string;
  readonly possiblyRepeated: boolean;
  readonly result: string;
}

/** What look-send.lua reads of an entry. */
export type StoredEntry = [
  state: string | null,
  attempt: string | null,
  repeated: string | null,
  result: string | null,
];

/** What begin-send.lua answers per entry. */
export type ScriptAnswer =
  | ['begun', attempt: string, repeated: string]
  | ['wait', ms: string, attempt: string]
  | ['ask', attempt: string]
  | ['window-closed' | 'set-aside']
  | ['resolved', state: FinalState, attempt: string, repeated: string, result: string];

export function toAnswer(answer: ScriptAnswer, sendBy: number): BeginAnswer | SetAside {
  switch (answer[0]) {
    case 'begun':
      return { kind: 'begun', attempt: answer[1], possiblyRepeated: answer[2] === '1', sendBy };
    case 'wait':
      return { kind: 'wait', waitMs: Number(answer[1]), attempt: answer[2] };
    case 'ask':
      return { kind: 'ask', attempt: answer[1] };
    case 'window-closed':
      return { kind: 'window-closed' };
    case 'set-aside':
      return { kind: 'set-aside' };
    case 'resolved': {
      const [, state, attempt, repeated, result] = answer;
      return { kind: 'resolved', state, attempt, possiblyRepeated: repeated === '1', result };
    }
  }
}

/** What an entry says to whoever only looks. */
export function toLook([state, attempt, repeated, result]: StoredEntry): Resolved | 'open' | undefined {
  if (!state) return undefined;
  if (state === 'inflight' || state === 'retryable') return 'open';
  return {
    kind: 'resolved',
    state: state as FinalState,
    attempt: attempt ?? '',
    possiblyRepeated: repeated === '1',
    result: result ?? '',
  };
}
