import { main } from '@heliograph/runtime';
import { readConfig } from './config.ts';
import { startCampaignRunner } from './service.ts';

await main(() => startCampaignRunner(readConfig()));
