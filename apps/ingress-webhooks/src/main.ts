import { main } from '@heliograph/runtime';
import { readConfig } from './config.ts';
import { startIngress } from './service.ts';

await main(() => startIngress(readConfig()));
