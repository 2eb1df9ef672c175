import { statSync } from 'node:fs';
import { loadAccounts, type Accounts } from '@heliograph/accounts';
import { fatal, type Log } from '@heliograph/runtime';
import { activeSecrets, metrics } from '../metrics.ts';

/** The state of everything that secrets are read from. Two that are equal mean that nothing was written in between. */
type Print = string;

/**
 * The active webhook secrets of every account, one or two, as they stand in their files now: the accounts file and the
 * files it names are looked at every so often, and read again when they have changed and then stood still from one look to the
 * next, so that a file that is being written is not read by halves. What cannot be read changes nothing: the secrets that were
 * active stay so. Everything else of the accounts file is as of the start.
 */
export class WebhookSecrets {
  #secrets: ReadonlyMap<string, readonly string[]>;
  #files: readonly string[];
  /** Of what was read last, taken before it was read; '' makes the next look read again. */
  #read: Print = '';
  #seen: Print;
  #timer: NodeJS.Timeout | undefined;

  /** @param accounts as read at the start, with their webhook secrets */
  constructor(
    accounts: Accounts,
    private readonly options: { readonly file: string; readonly everyMs: number },
    private readonly log: Log,
  ) {
    this.#secrets = secretsOf(accounts);
    this.#files = accounts.files;
    this.#seen = printOf(this.#files);
  }

  of(account: string): readonly string[] | undefined {
    return this.#secrets.get(account);
  }

  /** How many are active, by account. */
  *counts(): Iterable<{ account: string; count: number }> {
    for (const [account, { length: count }] of this.#secrets) yield { account, count };
  }

  start(): void {
    activeSecrets.add(this);
    this.#timer = setInterval(() => this.#look(), this.options.everyMs).unref();
  }

  stop(): void {
    activeSecrets.delete(this);
    clearInterval(this.#timer);
  }

  #look(): void {
    const print = printOf(this.#files);
    const stoodStill = print === this.#seen;
    this.#seen = print;
    if (!stoodStill || print === this.#read) return;
    this.#read = print;
    try {
      this.#take(loadAccounts(this.options.file, { secrets: ['webhook'] }));
    } catch (error) {
      const { problems, message } = error as { problems?: unknown; message: string };
      if (!Array.isArray(problems)) fatal(error as Error);
      metrics.secretsRefused.inc();
      this.log.warn({ problems, reason: message }, 'the webhook secrets stay as they are');
    }
  }

  #take(accounts: Accounts): void {
    const next = secretsOf(accounts);
    for (const [account, active] of this.#secrets) {
      // Accounts come and go with a restart only.
      const secrets = next.get(account) ?? active;
      next.set(account, secrets);
      if (secrets.join('\n') === active.join('\n')) continue;
      metrics.secretChanges.inc({ account });
      this.log.info({ account, active: secrets.length }, 'webhook secrets changed');
    }
    this.#secrets = next;
    if (accounts.files.join('\n') === this.#files.join('\n')) return;
    // A file that is named only now may have been written since it was read.
    this.#files = accounts.files;
    this.#seen = printOf(this.#files);
    this.#read = '';
  }
}

const secretsOf = (accounts: Accounts): Map<string, readonly string[]> =>
  new Map(accounts.all.map(({ id, webhookSecrets }) => [id, webhookSecrets]));

/** Mounted secrets are swapped by a link, so it is the file behind the name that counts. */
function printOf(files: readonly string[]): Print {
  return files
    .map((file) => {
      const stat = statSync(file, { throwIfNoEntry: false, bigint: true });
      return stat ? `${stat.ino} ${stat.size} ${stat.mtimeNs}` : 'none';
    })
    .join('\n');
}
