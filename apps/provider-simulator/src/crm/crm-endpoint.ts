import type { Answer, Call, Endpoint } from '../exchange/endpoint.ts';
import { unauthorized } from '../exchange/refusal.ts';

/** One of the CRM's: with its key, and with limits and faults of its own. */
export function crmEndpoint(method: 'GET' | 'PUT', path: string, handle: (call: Call) => Answer): Endpoint {
  return {
    method,
    path,
    ...(method === 'PUT' ? { consumes: 'application/json' as const } : {}),
    identify: (world) => ({ principal: world.crm }),
    handle: (call) => {
      const { bearer } = call.incoming;
      if (bearer === undefined) throw unauthorized('authorization: an API key is required');
      if (bearer !== call.world.crm.apiKey) throw unauthorized('authorization: the API key is not known');
      return handle(call);
    },
  };
}
