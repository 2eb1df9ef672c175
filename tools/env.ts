import { helpOnRequest, refuse } from './command-line.ts';
import { readStack, type Stack } from './stack/stack-file.ts';

helpOnRequest({
  command: 'npm run -s env',
  does: 'Prints the addresses and the API key of the running stack for a shell: eval "$(npm run -s env)"',
  options: {},
});

let stack: Stack;
try {
  stack = readStack();
} catch (error) {
  refuse((error as Error).message);
}
const variables = {
  API: stack.api.address,
  API_KEY: stack.api.key,
  TEMPLATES: stack.services.find(({ name }) => name === 'template-registry')?.address ?? '',
  SIMULATOR: stack.simulator.address,
  CRM: stack.crm.address,
  CRM_KEY: stack.crm.key,
  KAFKA_BROKERS: stack.kafka.brokers.join(','),
  REDIS_URL: stack.redis.url,
};
for (const [name, value] of Object.entries(variables)) console.log(`export ${name}='${value}'`);
