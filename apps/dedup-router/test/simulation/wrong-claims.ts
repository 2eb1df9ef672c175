import { ClaimStore, fenceKey, script, type ClaimRequest, type Claimed, type RedisClient } from '@heliograph/redis';
import { FenceLost } from '@heliograph/runtime';
import type { PartitionGate, Delivery } from '@heliograph/kafka';
import { SERVICE } from '../../src/config.ts';

/** Where this very copy lies, whatever it is a copy of. */
const ownPlace = ({ topic, partition, offset }: Delivery): string => `${topic}/${partition}/${offset}`;

/** The same delivery with another origin; what changes in it goes on changing. */
const withOrigin = (delivery: Delivery, origin: string): Delivery =>
  Object.create(delivery, { origin: { value: origin } }) as Delivery;

/** A delivery that tells its own place as its origin. */
export const comparedByPosition = (delivery: Delivery): Delivery => withOrigin(delivery, ownPlace(delivery));

/** A delivery whose origin tells both, for {@link ReopenedAtTheCopy}. */
export function withBothPlaces(delivery: Delivery): Delivery {
  const own = ownPlace(delivery);
  return delivery.origin === own ? delivery : withOrigin(delivery, `${delivery.origin}>${own}`);
}

/** Goes on with the origin's claim, and makes it the claim of the copy's place. */
export class ReopenedAtTheCopy extends ClaimStore {
  constructor(private readonly client: RedisClient) {
    super(client, { group: SERVICE });
  }

  override async claim(partition: number, request: ClaimRequest, fence: string): Promise<Claimed> {
    const [origin = '', copy] = request.origin.split('>');
    const claimed = await super.claim(partition, { ...request, origin }, fence);
    if (copy !== undefined && claimed.kind === 'go') {
      const key = `{p${partition}}:claim:${request.id}`;
      await this.client.call(async (client) => {
        const stored = await client.get(key);
        return stored === null ? null : client.set(key, stored.replace(origin, copy), 'PX', 86_400_000);
      });
    }
    return claimed;
  }
}

/** Whoever finds the fence missing puts its own back at once. */
export class FenceComesBackAtOnce extends ClaimStore {
  constructor(private readonly client: RedisClient) {
    super(client, { group: SERVICE });
  }

  override async claim(partition: number, request: ClaimRequest, fence: string): Promise<Claimed> {
    try {
      return await super.claim(partition, request, fence);
    } catch (error) {
      if (!(error instanceof FenceLost)) throw error;
      await this.client.call((client) => client.set(fenceKey(partition, SERVICE), fence, 'NX'));
      return super.claim(partition, request, fence);
    }
  }
}

/** A fence that counts, raised once per assignment. The script stands in the place of raise-fence, which it replaces. */
export class CountedFence implements PartitionGate {
  private readonly raised = new Map<string, Promise<string>>();

  constructor(private readonly redis: RedisClient) {}

  admit(partition: number, generation: number): Promise<string> {
    const name = `${partition}/${generation}`;
    let token = this.raised.get(name);
    if (!token) this.raised.set(name, (token = this.raise(partition)));
    return token;
  }

  private async raise(partition: number): Promise<string> {
    const key = fenceKey(partition, SERVICE);
    const [, token] = await this.redis.runScript<[string, string]>(RAISE, [key], [this.redis.runId!, 0, '']);
    return token;
  }
}

const RAISE = script({
  name: 'raise-fence',
  file: new URL('../../../../libs/redis/src/fence/raise-fence.lua', import.meta.url),
  keys: 1,
});

/** What raise-fence becomes for {@link CountedFence}. */
export const COUNTING = `local count = redis.call('INCR', KEYS[1] .. ':count')
local token = ARGV[1] .. '|0.' .. count
redis.call('SET', KEYS[1], token)
return {'raised', token}
`;
