import { main } from '@heliograph/runtime';
import { readConfig } from './config.ts';
import { startRouter } from './service.ts';

await main(() => startRouter(readConfig()));
