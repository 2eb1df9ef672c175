import { main } from '@heliograph/runtime';
import { readConfig } from './config.ts';
import { startTemplateRegistry } from './service.ts';

await main(() => startTemplateRegistry(readConfig()));
