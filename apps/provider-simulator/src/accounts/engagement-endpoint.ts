import type { Endpoint } from '../exchange/endpoint.ts';
import { accountEndpoint } from './account-endpoint.ts';

/** Guide 000 §1 tells what an engagement holds; that it can be listed, and `phone_numbers`, are assumed. */
export const engagementEndpoint: Endpoint = accountEndpoint({
  method: 'GET',
  path: '/api/v2/messaging/engagements',
  scope: 'view:engagement',
  handle: ({ account }) => ({ status: 200, body: { entities: account.engagements } }),
});
