import { Counter } from 'prom-client';

export const routerMetrics = {
  facts: new Counter({
    name: 'heliograph_router_facts_total',
    help: 'Facts published, by kind',
    labelNames: ['kind'],
  }),
  repeats: new Counter({
    name: 'heliograph_router_repeats_total',
    help: 'Events dropped because the same event was claimed before',
  }),
  unknownConversation: new Counter({
    name: 'heliograph_router_unknown_conversation_waits_total',
    help: 'Waits for a provider conversation that is not mapped yet',
  }),
};
