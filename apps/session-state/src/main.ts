import { main } from '@heliograph/runtime';
import { readConfig } from './config.ts';
import { startSessionState } from './service.ts';

await main(() => startSessionState(readConfig()));
