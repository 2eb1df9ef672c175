import type { Provider } from '@nestjs/common';
import { Accounts } from '@heliograph/accounts';
import { Kafka } from '@heliograph/kafka';
import { RedisClient } from '@heliograph/redis';
import { AccountHealth } from './account-health.ts';
import { Preflight } from './preflight.ts';
import { TemplateTopics } from './template-topics.ts';

/** Everything that looks at what campaigns need. */
export function preflightProviders(): Provider[] {
  return [
    {
      provide: TemplateTopics,
      inject: [Kafka, Accounts],
      useFactory: (kafka: Kafka, accounts: Accounts) =>
        new TemplateTopics(
          kafka,
          (tenant, channel, sender) => accounts.senderNamed(tenant, channel, sender)?.account.id,
        ),
    },
    {
      provide: AccountHealth,
      inject: [Accounts, RedisClient],
      useFactory: (accounts: Accounts, redis: RedisClient) => {
        const health = new AccountHealth(accounts, redis);
        health.start();
        return health;
      },
    },
    {
      provide: Preflight,
      inject: [Accounts, TemplateTopics, AccountHealth],
      useFactory: (accounts: Accounts, templates: TemplateTopics, health: AccountHealth) =>
        new Preflight(accounts, templates, health),
    },
  ];
}
