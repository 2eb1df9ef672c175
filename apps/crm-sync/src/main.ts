import { main } from '@heliograph/runtime';
import { readConfig } from './config.ts';
import { startCrmSync } from './service.ts';

await main(() => startCrmSync(readConfig()));
