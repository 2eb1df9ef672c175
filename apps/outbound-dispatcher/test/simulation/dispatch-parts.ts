import { AccountBuckets, type Account } from '@heliograph/accounts';
import type { PartitionGate } from '@heliograph/kafka';
import { ClientSwitch, type ProviderClient } from '@heliograph/providers';
import { FencedGate, type Budget, type RedisClient } from '@heliograph/redis';
import { sleep } from '@heliograph/runtime';
import { ConnectionSlots } from '../../src/accounts/connection-slots.ts';
import { NumberPool } from '../../src/accounts/number-pool.ts';
import { SendingAccount } from '../../src/accounts/sending-account.ts';
import { SERVICE } from '../../src/config.ts';
import type { DoubtStore } from '../../src/rebuild/doubt.store.ts';
import type { LedgerRebuild } from '../../src/rebuild/ledger-rebuild.ts';
import { REQUEST_TIMEOUT_MS } from './simulated-provider.ts';

const sender = { name: 'support', channel: 'sms', addresses: ['+15550009876'], queueId: 'q', optInOnRecord: true };
const account = {
  id: 'a',
  tenant: 'acme',
  profile: 'simulated',
  api: { baseUrl: 'http://nowhere' },
  client: { id: 'client' },
  limits: {
    tenant: { requests: 1_000, perSeconds: 1 },
    client: null,
    number: null,
    agentless: null,
    campaign: null,
    pair: null,
  },
  requestTimeoutMs: REQUEST_TIMEOUT_MS,
  senders: [sender],
} as unknown as Account;

/** @param slots requests at a time */
export function sendingAccount(client: ProviderClient, slots: number): SendingAccount {
  const buckets = new AccountBuckets(account);
  const budget = unlimited();
  return new SendingAccount(account, {
    buckets,
    budget,
    clients: new ClientSwitch({ id: 'client', client }, undefined, { moved: () => undefined }),
    slots: new ConnectionSlots(slots),
    pool: new NumberPool(buckets, budget),
    receiptsCarryReference: false,
  });
}

/** As the service composes it. */
export function gateOf(redis: RedisClient, rebuild: LedgerRebuild, doubt: DoubtStore): PartitionGate {
  const worked = new Set<number>();
  const fences = new FencedGate(redis, {
    group: SERVICE,
    rebuild: (partition) => rebuild.run(partition, worked.has(partition)),
  });
  return {
    admit: async (partition, generation) => {
      const fence = await fences.admit(partition, generation);
      await doubt.load(partition);
      worked.add(partition);
      return fence;
    },
  };
}

/** The budgets have a simulation of their own. */
function unlimited(): Budget {
  let pausedUntil = 0;
  const take = async () => {
    await sleep(pausedUntil - performance.now());
    return { deadline: performance.now() + 100, use: () => undefined };
  };
  const pauseFor = async (ms: number) => void (pausedUntil = performance.now() + ms);
  return { take, pauseFor } as unknown as Budget;
}
