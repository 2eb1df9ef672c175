import type { Provider } from '@nestjs/common';
import { Kafka } from '@heliograph/kafka';
import { RedisClient } from '@heliograph/redis';
import { Log } from '@heliograph/runtime';
import { SendingAccounts } from '../accounts/sending-accounts.ts';
import { TemplateFreshness } from './template-freshness.ts';
import { TemplateLookUps } from './template-look-ups.ts';
import { TemplateTable } from './template-table.ts';

/** How current the template table is, and what is done while it is not. */
export const templateStates: Provider[] = [
  {
    provide: TemplateFreshness,
    inject: [Kafka, RedisClient, SendingAccounts, TemplateTable, Log],
    useFactory: (kafka: Kafka, redis: RedisClient, sending: SendingAccounts, table: TemplateTable, log: Log) => {
      const accounts = sending.all.map(({ account }) => account.id);
      const freshness = new TemplateFreshness({
        kafka,
        redis,
        accounts,
        readBelow: () => table.statesReadBelow(),
        log,
      });
      freshness.start();
      return freshness;
    },
  },
  {
    provide: TemplateLookUps,
    inject: [TemplateFreshness, TemplateTable],
    useFactory: (freshness: TemplateFreshness, table: TemplateTable) => new TemplateLookUps(freshness, table),
  },
];
