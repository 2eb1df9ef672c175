import { Module, type DynamicModule } from '@nestjs/common';
import { Subjects } from '@heliograph/consent';
import { EventPublisher, Kafka } from '@heliograph/kafka';
import { Log } from '@heliograph/runtime';
import type { CrmSyncConfig } from './config.ts';
import { ConsentConsumer } from './consent/consent.consumer.ts';
import { CrmChanges } from './consent/crm-changes.ts';
import { CrmChangesClient } from './consent/crm-changes.client.ts';
import { Connections, openKafka } from './connections.ts';
import { CrmClient } from './crm/crm-client.ts';
import { TimelineConsumer } from './timeline/timeline.consumer.ts';
import { TimelineService } from './timeline/timeline.service.ts';

@Module({})
export class CrmSyncModule {
  static of(config: CrmSyncConfig): DynamicModule {
    return {
      module: CrmSyncModule,
      controllers: [TimelineConsumer, ConsentConsumer],
      providers: [
        { provide: Kafka, inject: [Log], useFactory: (log: Log) => openKafka(config, log) },
        { provide: EventPublisher, inject: [Kafka], useFactory: (kafka: Kafka) => new EventPublisher(kafka) },
        {
          provide: CrmClient,
          inject: [Log],
          useFactory: (log: Log) =>
            new CrmClient(
              {
                url: config.crmUrl,
                apiKey: config.crmApiKey,
                connections: config.crmConnections,
                timeoutMs: config.crmTimeoutMs,
              },
              log,
            ),
        },
        { provide: Subjects, useFactory: () => new Subjects(config.consentKey) },
        {
          provide: CrmChanges,
          inject: [EventPublisher, Subjects, Log],
          useFactory: (publisher: EventPublisher, subjects: Subjects, log: Log) =>
            new CrmChanges({
              client: new CrmChangesClient({
                url: config.crmUrl,
                apiKey: config.crmApiKey,
                timeoutMs: config.crmTimeoutMs,
              }),
              publisher,
              subjects,
              everyMs: config.crmChangesMs,
              log,
            }),
        },
        Connections,
        TimelineService,
      ],
    };
  }
}
