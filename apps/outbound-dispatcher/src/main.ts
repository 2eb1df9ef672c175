import { main } from '@heliograph/runtime';
import { readConfig } from './config.ts';
import { startDispatcher } from './service.ts';

await main(() => startDispatcher(readConfig()));
