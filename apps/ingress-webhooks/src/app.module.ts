import { Module, type DynamicModule, type OnModuleDestroy } from '@nestjs/common';
import { loadAccounts } from '@heliograph/accounts';
import { TOPICS } from '@heliograph/contracts';
import { connectKafka, ensureTopics, EventPublisher, type Kafka } from '@heliograph/kafka';
import { profileOf } from '@heliograph/providers';
import { Log } from '@heliograph/runtime';
import { SERVICE, type IngressConfig } from './config.ts';
import { inFlight } from './metrics.ts';
import { WebhookSecrets } from './secrets/webhook-secrets.ts';
import { RegistrationRedis, registrationsOf } from './subscriptions/registration-providers.ts';
import { SubscriptionsService } from './subscriptions/subscriptions.service.ts';
import { ByteBudget } from './webhooks/byte-budget.ts';
import { WebhookAccounts } from './webhooks/webhook-accounts.ts';
import { WebhooksController } from './webhooks/webhooks.controller.ts';
import { WebhooksService } from './webhooks/webhooks.service.ts';

@Module({})
export class IngressModule implements OnModuleDestroy {
  constructor(
    private readonly publisher: EventPublisher,
    private readonly budget: ByteBudget,
    private readonly secrets: WebhookSecrets,
    private readonly subscriptions: SubscriptionsService,
    private readonly registrationRedis: RegistrationRedis,
  ) {
    inFlight.add(budget);
    secrets.start();
  }

  static of(config: IngressConfig): DynamicModule {
    const accounts = loadAccounts(config.accountsFile, { secrets: ['webhook', 'subscriber'] });
    return {
      module: IngressModule,
      controllers: [WebhooksController],
      providers: [
        {
          provide: WebhookSecrets,
          inject: [Log],
          useFactory: (log: Log) =>
            new WebhookSecrets(accounts, { file: config.accountsFile, everyMs: config.secretsPollMs }, log),
        },
        {
          provide: WebhookAccounts,
          inject: [WebhookSecrets],
          useFactory: (secrets: WebhookSecrets) => new WebhookAccounts(accounts.all, profileOf, (id) => secrets.of(id)),
        },
        ...registrationsOf(config, accounts),
        { provide: ByteBudget, useValue: new ByteBudget(config.maxInFlightBytes) },
        { provide: EventPublisher, inject: [Log], useFactory: (log: Log) => openPublisher(config, log) },
        {
          provide: WebhooksService,
          inject: [WebhookAccounts, EventPublisher, ByteBudget, Log],
          useFactory: (known: WebhookAccounts, publisher: EventPublisher, budget: ByteBudget, log: Log) =>
            new WebhooksService(known, publisher, budget, log, {
              maxBytes: config.maxBodyBytes,
              timeoutMs: config.bodyTimeoutMs,
            }),
        },
      ],
    };
  }

  async onModuleDestroy(): Promise<void> {
    inFlight.delete(this.budget);
    this.secrets.stop();
    await this.subscriptions.stop();
    await this.registrationRedis.client?.close();
    await this.publisher.close();
  }
}

async function openPublisher(config: IngressConfig, log: Log): Promise<EventPublisher> {
  const kafka: Kafka = connectKafka(
    {
      brokers: config.kafkaBrokers,
      client: config.kafkaClient,
      clientId: SERVICE,
      namespace: config.namespace,
      conversationPartitions: config.conversationPartitions,
    },
    log,
  );
  await ensureTopics(kafka, [TOPICS.webhookReceived]);
  return new EventPublisher(kafka);
}
