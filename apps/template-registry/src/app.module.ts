import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { Accounts, loadAccounts } from '@heliograph/accounts';
import { ApiKeyGuard, ApiKeys } from '@heliograph/http-api';
import { EventPublisher, Kafka } from '@heliograph/kafka';
import { ProviderAccess, refuseUnknownProfiles } from '@heliograph/providers';
import { Budget, BudgetStore, LeaseStore, RedisClient } from '@heliograph/redis';
import { Log, Readiness } from '@heliograph/runtime';
import { TemplateViewService } from './api/template-view.service.ts';
import { TemplatesController } from './api/templates.controller.ts';
import type { TemplateRegistryConfig } from './config.ts';
import { Connections, openKafka, openRedis } from './connections.ts';
import { ApplyService } from './desired/apply.service.ts';
import { DesiredState } from './desired/desired-state.ts';
import { ImportService } from './desired/import.service.ts';
import { RegistryFreshness } from './freshness/registry-freshness.ts';
import { EventFeed } from './lifecycle/event-feed.ts';
import { ProgressService } from './submission/progress.service.ts';
import { ProviderAccesses } from './templates/provider-accesses.ts';
import { ProviderLists } from './templates/provider-lists.ts';
import { RegistryService } from './templates/registry.service.ts';
import { scheduleOf } from './templates/schedule-of.ts';
import { TemplateTable } from './templates/template-table.ts';

@Module({})
export class TemplateRegistryModule {
  /** @throws AccountsError, or Error for a profile that does not exist or a wrong file of API keys; nothing is open then */
  static of(config: TemplateRegistryConfig): DynamicModule {
    const accounts = loadAccounts(config.accountsFile, { secrets: ['client'] });
    refuseUnknownProfiles(accounts);
    return {
      module: TemplateRegistryModule,
      controllers: [TemplatesController],
      providers: [
        { provide: Accounts, useValue: accounts },
        { provide: ApiKeys, useValue: ApiKeys.read(config.apiKeysFile) },
        ApiKeyGuard,
        ...clients(config),
        ...topics(accounts),
        registry(config),
        desiredState(),
        TemplateViewService,
        ApplyService,
        ProgressService,
        ImportService,
        Connections,
      ],
    };
  }
}

function clients(config: TemplateRegistryConfig): Provider[] {
  return [
    { provide: Kafka, inject: [Log], useFactory: (log: Log) => openKafka(config, log) },
    { provide: EventPublisher, inject: [Kafka], useFactory: (kafka: Kafka) => new EventPublisher(kafka) },
    { provide: RedisClient, useFactory: () => openRedis(config) },
    {
      provide: ProviderAccesses,
      inject: [Accounts, RedisClient],
      useFactory: ({ all }: Accounts, redis: RedisClient) =>
        new ProviderAccesses(
          all.map((account) => ProviderAccess.open(account, new Budget(new BudgetStore(redis, account.tenant)))),
        ),
    },
    {
      provide: ProviderLists,
      inject: [ProviderAccesses],
      useFactory: ({ all }: ProviderAccesses) => new ProviderLists(all),
    },
  ];
}

function topics(accounts: Accounts): Provider[] {
  const accountOf = (...[tenant, channel, sender]: Parameters<Accounts['senderNamed']>) =>
    accounts.senderNamed(tenant, channel, sender)?.account.id;
  return [
    { provide: TemplateTable, inject: [Kafka], useFactory: (kafka: Kafka) => new TemplateTable(kafka, accountOf) },
    { provide: EventFeed, inject: [Kafka], useFactory: (kafka: Kafka) => new EventFeed(kafka) },
  ];
}

function registry(config: TemplateRegistryConfig): Provider {
  const options = { pollMs: config.pollSeconds * 1_000, leaseMs: config.leaseMs };
  return {
    provide: RegistryService,
    inject: [ProviderAccesses, TemplateTable, EventFeed, EventPublisher, Kafka, RedisClient, Readiness, Log],
    useFactory: (
      accesses: ProviderAccesses,
      table: TemplateTable,
      feed: EventFeed,
      publisher: EventPublisher,
      kafka: Kafka,
      redis: RedisClient,
      readiness: Readiness,
      log: Log,
    ) => {
      const leases = new LeaseStore(redis, 'templates');
      const parts = { table, feed, publisher, redis, leases, options, log };
      const schedules = accesses.all.map((access) => scheduleOf(access, parts));
      const freshness = new RegistryFreshness({ kafka, redis, accounts: schedules, log });
      return new RegistryService(table, feed, schedules, freshness, readiness);
    },
  };
}

function desiredState(): Provider {
  return {
    provide: DesiredState,
    inject: [Kafka, EventPublisher, RedisClient, TemplateTable],
    useFactory: (kafka: Kafka, publisher: EventPublisher, redis: RedisClient, table: TemplateTable) =>
      new DesiredState(kafka, publisher, new LeaseStore(redis, 'templates-apply'), table),
  };
}
