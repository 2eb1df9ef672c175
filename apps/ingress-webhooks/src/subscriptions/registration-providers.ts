import type { Provider } from '@nestjs/common';
import type { Accounts } from '@heliograph/accounts';
import { RedisClient } from '@heliograph/redis';
import { ConfigError, Log } from '@heliograph/runtime';
import type { IngressConfig } from '../config.ts';
import { keepAccounts } from './keep-accounts.ts';
import { SubscriptionsService } from './subscriptions.service.ts';

/** Redis for the registrations; webhooks are received without it. */
export class RegistrationRedis {
  constructor(readonly client: RedisClient | undefined) {}
}

/** @throws ConfigError when there is something to register, and no Redis */
export function registrationsOf(config: IngressConfig, { all }: Accounts): Provider[] {
  const registering = all.filter(({ subscriptions }) => subscriptions !== undefined);
  const { redisUrl: url, namespace } = config;
  if (registering.length > 0 && url === undefined) {
    const names = registering.map(({ id }) => id).join(', ');
    throw new ConfigError([{ name: 'REDIS_URL', reason: `is not set, but registrations are to be kept for ${names}` }]);
  }
  const options = { everyMs: config.subscriptionSeconds * 1_000, leaseMs: config.leaseMs };
  // It connects by itself, now or later: nobody waits for it at the start.
  const open = (): RedisClient | undefined =>
    registering.length > 0 && url !== undefined ? new RedisClient({ url, namespace }) : undefined;
  return [
    { provide: RegistrationRedis, useFactory: () => new RegistrationRedis(open()) },
    {
      provide: SubscriptionsService,
      inject: [RegistrationRedis, Log],
      useFactory: ({ client }: RegistrationRedis, log: Log) =>
        new SubscriptionsService(client ? keepAccounts(registering, client, options, log) : []),
    },
  ];
}
