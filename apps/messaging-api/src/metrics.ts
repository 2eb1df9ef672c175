import { Counter } from 'prom-client';

/** Everything messaging-api counts by itself; request times are in heliograph_http_request_seconds. */
export const metrics = {
  accepted: new Counter({
    name: 'heliograph_api_accepted_messages_total',
    help: 'Sends answered with 202',
    labelNames: ['channel', 'repeated'] as const,
  }),
  commands: new Counter({
    name: 'heliograph_api_accepted_commands_total',
    help: 'Commands about conversations answered with 202',
    labelNames: ['command', 'repeated'] as const,
  }),
  optedOut: new Counter({
    name: 'heliograph_api_opted_out_messages_total',
    help: 'Sends answered with 403, since the contact has opted out',
    labelNames: ['channel'] as const,
  }),
  campaignOrders: new Counter({
    name: 'heliograph_api_campaign_orders_total',
    help: 'Orders to start, pause, resume and cancel campaigns that were given on',
    labelNames: ['action'] as const,
  }),
  uploadRows: new Counter({
    name: 'heliograph_api_upload_rows_total',
    help: 'Rows of uploads of recipients, by what became of them',
    labelNames: ['outcome'] as const,
  }),
  erasures: new Counter({
    name: 'heliograph_api_erasures_total',
    help: 'Erasures of contacts answered with 202',
    labelNames: ['channel', 'repeated'] as const,
  }),
  indexed: new Counter({
    name: 'heliograph_api_timeline_entries_total',
    help: 'Timeline entries put into the index',
    labelNames: ['source'] as const,
  }),
};
