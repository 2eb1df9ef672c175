import { Injectable } from '@nestjs/common';
import type { UploadCounts } from '@heliograph/contracts';
import { RedisClient, script } from '@heliograph/redis';

const file = (name: string): URL => new URL(`./${name}.lua`, import.meta.url);
const OPEN = script({ name: 'open-upload', file: file('open-upload'), keys: 2 });
const LOOK_UP = script({ name: 'look-up-recipients', file: file('look-up-recipients'), keys: 2 });
const NOTE = script({ name: 'note-recipients', file: file('note-recipients'), keys: 2 });
const CLOSE = script({ name: 'close-uploads', file: file('close-uploads'), keys: 2 });

/** As long as recipients stay on their topic. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;
/** Longer than a batch and the time that nothing may come of a body take together. */
const HEARD_WITHIN_S = 90;

export interface Upload {
  readonly campaignId: string;
  readonly uploadId: string;
}

/** Uploads that broke off or were not told of: they are told of by whoever closes the campaign. */
export interface ClosedUploads {
  /** Not 0: the campaign is open as before. */
  readonly alive: number;
  readonly untold: readonly { readonly uploadId: string; readonly counts: UploadCounts }[];
}

/**
 * Uploads of a campaign and who is a recipient of it: `{campaign:<id>}:uploads`, `:recipients`, `:closed`. Once it is closed,
 * nothing more is written of any upload. Every call throws Unavailable without Redis.
 */
@Injectable()
export class UploadStore {
  constructor(private readonly redis: RedisClient) {}

  /** @returns false when the campaign takes no recipients any more */
  async open({ campaignId, uploadId }: Upload): Promise<boolean> {
    const keys = [uploadsKey(campaignId), closedKey(campaignId)];
    return (await this.redis.runScript<number>(OPEN, keys, [uploadId, KEPT_MS])) === 1;
  }

  /**
   * Which of the messages are there already. Says that the upload is alive, too.
   *
   * @returns undefined when it was given up: nothing more may be written of it
   */
  async known({ campaignId, uploadId }: Upload, messageIds: readonly string[]): Promise<boolean[] | undefined> {
    const keys = [uploadsKey(campaignId), recipientsKey(campaignId)];
    const found = await this.redis.runScript<number[] | null>(LOOK_UP, keys, [uploadId, ...messageIds.map(short)]);
    return found?.map((one) => one === 1);
  }

  /** Remembers what is on the topic by now. */
  async note({ campaignId, uploadId }: Upload, counts: UploadCounts, messageIds: readonly string[]): Promise<void> {
    const keys = [uploadsKey(campaignId), recipientsKey(campaignId)];
    await this.redis.runScript(NOTE, keys, [uploadId, written(counts), KEPT_MS, ...messageIds.map(short)]);
  }

  /** It has ended, and is still to be told of. */
  async end({ campaignId, uploadId }: Upload, counts: UploadCounts): Promise<void> {
    await this.redis.call((client) => client.hset(uploadsKey(campaignId), uploadId, `over ${written(counts)}`));
  }

  /** It was told of. */
  async forget({ campaignId, uploadId }: Upload): Promise<void> {
    await this.redis.call((client) => client.hdel(uploadsKey(campaignId), uploadId));
  }

  async close(campaignId: string): Promise<ClosedUploads> {
    const keys = [uploadsKey(campaignId), closedKey(campaignId)];
    const [alive, ...listed] = await this.redis.runScript<[number, ...string[]]>(CLOSE, keys, [
      HEARD_WITHIN_S,
      KEPT_MS,
    ]);
    const untold = listed.flatMap((uploadId, index) =>
      index % 2 === 0 ? [{ uploadId, counts: read(listed[index + 1]!) }] : [],
    );
    return { alive, untold };
  }

  /** Nobody asks for the recipients of a closed campaign again. */
  async forgetAll(campaignId: string): Promise<void> {
    await this.redis.call((client) => client.unlink(uploadsKey(campaignId), recipientsKey(campaignId)));
  }
}

const keyOf = (campaignId: string, kind: string): string => `{campaign:${campaignId}}:${kind}`;
const uploadsKey = (campaignId: string): string => keyOf(campaignId, 'uploads');
const recipientsKey = (campaignId: string): string => keyOf(campaignId, 'recipients');
const closedKey = (campaignId: string): string => keyOf(campaignId, 'closed');

/** 22 characters in the place of 36: a million of them are kept. */
const short = (uuid: string): string => Buffer.from(uuid.replaceAll('-', ''), 'hex').toString('base64url');

const written = ({ rows, accepted, invalid, repeated, suppressed }: UploadCounts): string =>
  [rows, accepted, invalid, repeated, suppressed].join(' ');

function read(text: string): UploadCounts {
  const [rows = 0, accepted = 0, invalid = 0, repeated = 0, suppressed = 0] = text.split(' ').map(Number);
  return { rows, accepted, invalid, repeated, suppressed };
}
