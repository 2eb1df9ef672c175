import { main } from '@heliograph/runtime';
import { readConfig } from './config.ts';
import { startMessagingApi } from './service.ts';

await main(() => startMessagingApi(readConfig()));
