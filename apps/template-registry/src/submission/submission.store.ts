import { languageOf } from '@heliograph/contracts';
import type { RedisClient } from '@heliograph/redis';
import { submissionHash } from './submitted-text.ts';
import type { Wanted } from './wanted.ts';

/** A creation that the provider refused. */
export interface Refusal {
  /** Of what was submitted: another text is submitted again. */
  readonly hash: string;
  /** The provider's text. */
  readonly reason: string;
  /** ISO 8601. */
  readonly at: string;
}

/** Why nothing is created for now. */
export interface Waiting {
  /** ISO 8601: when it goes on. */
  readonly until: string;
  readonly reason: string;
}

/** A refusal that nobody asks about any more. */
const KEPT_MS = 90 * 24 * 60 * 60 * 1_000;

/**
 * What the replica that submits templates knows beside the topics, for the others and for its successor. When Redis loses it, a
 * refused template is submitted, and refused, once more.
 */
export class SubmissionStore {
  constructor(
    private readonly redis: RedisClient,
    private readonly account: string,
  ) {}

  /** @throws Unavailable */
  async refuse(wanted: Wanted, reason: string, at: string): Promise<void> {
    const refusal: Refusal = { hash: hashOf(wanted), reason, at };
    const key = this.key('refused');
    await this.redis.call((client) =>
      client.multi().hset(key, fieldOf(wanted), JSON.stringify(refusal)).pexpire(key, KEPT_MS).exec(),
    );
  }

  /**
   * Whether what is wanted was refused as it is now.
   *
   * @throws Unavailable
   */
  async refusals(): Promise<(wanted: Wanted) => Refusal | undefined> {
    const stored = await this.redis.call((client) => client.hgetall(this.key('refused')));
    return (wanted) => {
      const text = stored[fieldOf(wanted)];
      const refusal = text === undefined ? undefined : (JSON.parse(text) as Refusal);
      return refusal?.hash === hashOf(wanted) ? refusal : undefined;
    };
  }

  /** @throws Unavailable */
  async wait(waiting: Waiting): Promise<void> {
    const left = Math.max(1_000, Date.parse(waiting.until) - Date.now());
    const key = this.key('waiting');
    await this.redis.call((client) => client.set(key, JSON.stringify(waiting), 'PX', Math.ceil(left)));
  }

  /** @throws Unavailable */
  async goOn(): Promise<void> {
    await this.redis.call((client) => client.del(this.key('waiting')));
  }

  /** @throws Unavailable */
  async waiting(): Promise<Waiting | undefined> {
    const text = await this.redis.call((client) => client.get(this.key('waiting')));
    return text === null ? undefined : (JSON.parse(text) as Waiting);
  }

  /**
   * Up to which offset of `template.event` everything was applied; -1 when nothing is known.
   *
   * @throws Unavailable
   */
  async appliedOffset(): Promise<number> {
    return Number((await this.redis.call((client) => client.get(this.key('applied')))) ?? -1);
  }

  /** @throws Unavailable */
  async applied(offset: number): Promise<void> {
    await this.redis.call((client) => client.set(this.key('applied'), String(offset)));
  }

  private key(kind: string): string {
    return `{templates:${this.account}}:${kind}`;
  }
}

const fieldOf = ({ definition, language }: Wanted): string =>
  JSON.stringify([definition.name, definition.version, language]);

function hashOf({ definition, language }: Wanted): string {
  const wanted = languageOf(definition, language);
  return wanted ? submissionHash(definition, wanted) : '';
}
