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
  readonly title: string;
}

export const RULES: readonly SwitchedOff[] = [
  {
    rule: '000 §1: without the opt-in no conversation is opened',
    file: 'libs/providers/src/genesys-guide/client.ts',
    find: 'if (!request.optIn)',
    replace: 'if (false)',
    spec: 'libs/providers/src/genesys-guide/client.spec.ts',
    title: 'do not create a conversation without opt-in, and make no request for it',
  },
];
