import { Injectable } from '@nestjs/common';
import { RedisClient, script } from '@heliograph/redis';

const ACCEPT = script({ name: 'accept', file: new URL('./accept.lua', import.meta.url), keys: 1 });
const CONFIRM = script({ name: 'confirm', file: new URL('./confirm.lua', import.meta.url), keys: 1 });
const READ = script({ name: 'read-acceptance', file: new URL('./read-acceptance.lua', import.meta.url), keys: 1 });

/** How long a key stays taken: as long as commands stay on their topic. */
const KEPT_MS = 7 * 24 * 60 * 60 * 1000;

/** The first use of an idempotency key. */
export interface Acceptance {
  readonly tenant: string;
  readonly conversationId: string;
  /** Of the request: a repetition has the same one. */
  readonly hash: string;
  /** ISO 8601. */
  readonly acceptedAt: string;
  /** Whether the command is known to be on Kafka. */
  readonly written: boolean;
}

type Stored = [tenant: string, conversationId: string, hash: string, acceptedAt: string, written: string];

/** Which messages were accepted, by message id: `{m:<message id>}:accepted`. Every call throws Unavailable without Redis. */
@Injectable()
export class AcceptanceStore {
  constructor(private readonly redis: RedisClient) {}

  /** @returns the acceptance that counts: the given one, or the one that was there before */
  async accept(
    messageId: string,
    wanted: Omit<Acceptance, 'written'>,
  ): Promise<{ first: boolean; acceptance: Acceptance }> {
    const [first, ...stored] = await this.redis.runScript<[number, ...Stored]>(
      ACCEPT,
      [keyOf(messageId)],
      [wanted.tenant, wanted.conversationId, wanted.hash, wanted.acceptedAt, KEPT_MS],
    );
    return { first: first === 1, acceptance: read(stored) };
  }

  async confirm(messageId: string): Promise<void> {
    await this.redis.runScript(CONFIRM, [keyOf(messageId)], []);
  }

  async find(messageId: string): Promise<Acceptance | undefined> {
    const stored = await this.redis.runScript<Stored | null>(READ, [keyOf(messageId)], []);
    return stored ? read(stored) : undefined;
  }
}

const keyOf = (messageId: string): string => `{m:${messageId}}:accepted`;

function read([tenant, conversationId, hash, acceptedAt, written]: Stored): Acceptance {
  return { tenant, conversationId, hash, acceptedAt, written: written === '1' };
}
