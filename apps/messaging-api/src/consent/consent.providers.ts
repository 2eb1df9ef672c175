import type { Provider } from '@nestjs/common';
import { ConsentReader, Subjects } from '@heliograph/consent';
import { partitionOf } from '@heliograph/kafka';
import { RedisClient } from '@heliograph/redis';
import type { MessagingApiConfig } from '../config.ts';
import { ConsentService } from './consent.service.ts';

/** Everything about consent. */
export function consentProviders({ consentKey, conversationPartitions }: MessagingApiConfig): Provider[] {
  return [
    { provide: Subjects, useFactory: () => new Subjects(consentKey) },
    {
      provide: ConsentReader,
      inject: [RedisClient],
      useFactory: (redis: RedisClient) => new ConsentReader(redis, (key) => partitionOf(key, conversationPartitions)),
    },
    ConsentService,
  ];
}
