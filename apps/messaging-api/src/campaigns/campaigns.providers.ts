import type { Provider } from '@nestjs/common';
import { ProgressReader } from '@heliograph/campaigns';
import { Kafka } from '@heliograph/kafka';
import { RedisClient } from '@heliograph/redis';
import type { MessagingApiConfig } from '../config.ts';
import { RecipientUploads } from '../uploads/recipient-uploads.ts';
import { UploadStore } from '../uploads/upload.store.ts';
import { CampaignOrders } from './campaign-orders.ts';
import { Progress } from './campaign-progress.ts';
import { CampaignTable } from './campaign-table.ts';
import { CampaignsService } from './campaigns.service.ts';

/** Everything about campaigns. */
export function campaignProviders({ conversationPartitions }: MessagingApiConfig): Provider[] {
  return [
    { provide: CampaignTable, inject: [Kafka], useFactory: (kafka: Kafka) => CampaignTable.follow(kafka) },
    {
      provide: ProgressReader,
      inject: [RedisClient],
      useFactory: (redis: RedisClient) => new ProgressReader(redis, conversationPartitions),
    },
    ...[Progress, CampaignsService, CampaignOrders, UploadStore, RecipientUploads],
  ];
}
