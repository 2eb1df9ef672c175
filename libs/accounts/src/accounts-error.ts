import type { FieldProblem } from '@heliograph/contracts';

/** Thrown when the accounts file, or a secret file it names, is unusable. Lists all problems. */
export class AccountsError extends Error {
  override readonly name: string = 'AccountsError';
  constructor(
    file: string,
    /** Each with the path of its field, for example `accounts[0].senders[1].address`. */
    readonly problems: readonly FieldProblem[],
  ) {
    super(`the accounts file ${file} is invalid: ${problems.map(sentence).join('; ')}`);
  }
}

const sentence = ({ field, reason }: FieldProblem): string => (field === '' ? reason : `${field} ${reason}`);
