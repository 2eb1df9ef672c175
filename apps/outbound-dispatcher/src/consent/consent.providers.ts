import type { Provider } from '@nestjs/common';
import { ConsentReader, Subjects } from '@heliograph/consent';
import { partitionOf } from '@heliograph/kafka';
import { RedisClient } from '@heliograph/redis';
import { Log } from '@heliograph/runtime';
import { SendingAccounts } from '../accounts/sending-accounts.ts';
import type { DispatcherConfig } from '../config.ts';
import { ConsentGate } from './consent-gate.ts';
import { StopFreshness } from './stop-freshness.ts';
import { StopPlaces } from './stop-places.ts';

/** Who may be written to, and how current that is. */
export function consentGate({ conversationPartitions: partitions, consentKey }: DispatcherConfig): Provider[] {
  const partition = (key: string): number => partitionOf(key, partitions);
  return [
    {
      provide: StopFreshness,
      inject: [RedisClient, Log],
      useFactory: (redis: RedisClient, log: Log) => {
        const freshness = new StopFreshness({ redis, partitions, log });
        freshness.start();
        return freshness;
      },
    },
    {
      provide: ConsentGate,
      inject: [RedisClient, SendingAccounts, StopFreshness],
      useFactory: (redis: RedisClient, accounts: SendingAccounts, freshness: StopFreshness) => {
        const senders = accounts.all.flatMap(({ account: { tenant, senders: its } }) =>
          its.map(({ name, channel }) => ({ tenant, name, channel })),
        );
        const places = new StopPlaces(senders, partition);
        const isCurrent = (message: Parameters<StopPlaces['of']>[0]) => freshness.isCurrent(places.of(message));
        return new ConsentGate(new ConsentReader(redis, partition), new Subjects(consentKey), isCurrent);
      },
    },
  ];
}
