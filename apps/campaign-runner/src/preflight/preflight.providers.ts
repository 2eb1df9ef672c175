import type { Provider } from '@nestjs/common';
import { Accounts } from '@heliograph/accounts';
import { Kafka } from '@heliograph/kafka';
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
      provide: Preflight,
      inject: [Accounts, TemplateTopics],
      useFactory: (accounts: Accounts, templates: TemplateTopics) => new Preflight(accounts, templates),
    },
  ];
}
