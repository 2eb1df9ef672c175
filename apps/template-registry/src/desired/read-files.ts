import type { Account, Accounts } from '@heliograph/accounts';
import type { TemplateDefinition } from '@heliograph/contracts';
import {
  checkTemplates,
  definitionOf,
  readTemplateFile,
  type TemplateFile,
  type TemplateProblem,
} from '@heliograph/templates';

/** The text of one file of a directory of templates. */
export interface GivenFile {
  /** For people: in problems it is called so. */
  readonly path: string;
  readonly text: string;
}

export interface ReadFiles {
  readonly definitions: readonly TemplateDefinition[];
  /** Errors first as they are found; warnings among them. */
  readonly problems: readonly TemplateProblem[];
}

/**
 * Reads the files of a directory for an account, with every problem of each, of all together, and of what the account can send.
 *
 * @param applied definitions of the tenant that are in none of the files and stay as they are
 */
export function readFiles(
  files: readonly GivenFile[],
  account: Account,
  accounts: Accounts,
  applied: (names: ReadonlySet<string>) => readonly TemplateDefinition[],
  at: string,
): ReadFiles {
  const read = files.map(({ path, text }) => readTemplateFile(text, path));
  const templates = read.flatMap((one) => (one.ok ? one.template : []));
  const own = read.flatMap((one) => (one.ok ? one.warnings : one.problems));
  const others = applied(new Set(templates.map(({ name }) => name)));
  // A name that two files have, or a fallback that a broken file has, is judged when every file can be read.
  const together = templates.length === files.length ? checkTemplates(templates, others) : [];
  const ofAccount = templates.flatMap((template) => senderProblems(template, account, accounts));
  const definitions = templates.map((template) =>
    definitionOf(template, { tenant: account.tenant, account: account.id }, at),
  );
  return { definitions, problems: [...own, ...together, ...ofAccount] };
}

/** A template by a channel, or a fallback to one, needs somebody to send it. */
function senderProblems(template: TemplateFile, account: Account, accounts: Accounts): TemplateProblem[] {
  const { file, lines, channel, fallbacks } = template;
  const problem = (place: string, rule: string, reason: string): TemplateProblem => {
    const line = lines.get(place) ?? lines.get(place.split('.')[0]!);
    return { file, ...(line !== undefined && { line }), place, rule, reason, severity: 'error' };
  };
  const problems: TemplateProblem[] = [];
  // Templates of e-mails may be kept for others who send by the same account.
  if (channel !== 'email' && !account.senders.some((sender) => sender.channel === channel)) {
    problems.push(problem('channel', 'no-sender', `account ${account.id} has no sender on ${channel}`));
  }
  fallbacks.forEach(({ channel: other, sender }, index) => {
    if (other === undefined || sender === undefined) return;
    if (accounts.senderNamed(account.tenant, other, sender)) return;
    const reason = `tenant ${account.tenant} has no sender "${sender}" on ${other}`;
    problems.push(problem(`fallbacks[${index}].sender`, 'no-sender', reason));
  });
  return problems;
}
