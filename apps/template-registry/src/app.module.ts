import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { loadAccounts, type Accounts } from '@heliograph/accounts';
import { EventPublisher, Kafka } from '@heliograph/kafka';
import { ProviderAccess, refuseUnknownProfiles } from '@heliograph/providers';
import { Budget, BudgetStore, LeaseStore, RedisClient } from '@heliograph/redis';
import { Log, Readiness } from '@heliograph/runtime';
import type { TemplateRegistryConfig } from './config.ts';
import { Connections, openKafka, openRedis } from './connections.ts';
import { AccountReader } from './templates/account-reader.ts';
import { AccountSchedule } from './templates/account-schedule.ts';
import { RegistryService } from './templates/registry.service.ts';
import { TemplateTable } from './templates/template-table.ts';

@Module({})
export class TemplateRegistryModule {
  /** @throws AccountsError, or Error for a profile that does not exist; nothing is open then */
  static of(config: TemplateRegistryConfig): DynamicModule {
    const accounts = loadAccounts(config.accountsFile, { secrets: ['client'] });
    refuseUnknownProfiles(accounts);
    return {
      module: TemplateRegistryModule,
      providers: [
        { provide: Kafka, inject: [Log], useFactory: (log: Log) => openKafka(config, log) },
        { provide: EventPublisher, inject: [Kafka], useFactory: (kafka: Kafka) => new EventPublisher(kafka) },
        { provide: RedisClient, useFactory: () => openRedis(config) },
        { provide: TemplateTable, inject: [Kafka], useFactory: (kafka: Kafka) => new TemplateTable(kafka) },
        registry(config, accounts),
        Connections,
      ],
    };
  }
}

function registry(config: TemplateRegistryConfig, accounts: Accounts): Provider {
  const options = { pollMs: config.pollSeconds * 1_000, leaseMs: config.leaseMs };
  return {
    provide: RegistryService,
    inject: [TemplateTable, EventPublisher, RedisClient, Readiness, Log],
    useFactory: (
      table: TemplateTable,
      publisher: EventPublisher,
      redis: RedisClient,
      readiness: Readiness,
      log: Log,
    ) => {
      const readers = accounts.all.map((account) => {
        const access = ProviderAccess.open(account, new Budget(new BudgetStore(redis, account.tenant)));
        return new AccountReader(access, table, publisher, log);
      });
      const leases = new LeaseStore(redis, 'templates');
      const schedules = readers.map((reader) => new AccountSchedule(reader, leases, options, log));
      return new RegistryService(table, readers, schedules, readiness);
    },
  };
}
