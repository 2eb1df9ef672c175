import Fastify, { type FastifyInstance } from 'fastify';
import { Agent } from 'undici';
import { ownerOf } from './accounts/account-endpoint.ts';
import { engagementEndpoint } from './accounts/engagement-endpoint.ts';
import { tokenEndpoints } from './accounts/token-endpoint.ts';
import { addControlRoutes } from './control/control-routes.ts';
import { crmEndpoints } from './crm/crm-endpoints.ts';
import type { Endpoint } from './exchange/endpoint.ts';
import { Exchange } from './exchange/exchange.ts';
import { notFound } from './exchange/refusal.ts';
import { agentlessEndpoint } from './messaging/agentless-endpoint.ts';
import { contactEndpoints } from './messaging/contact-endpoints.ts';
import { conversationEndpoints } from './messaging/conversation-endpoints.ts';
import { participantEndpoints } from './messaging/participant-endpoints.ts';
import { addPage } from './page/page.ts';
import { routingEndpoints } from './routing/routing-endpoints.ts';
import type { Settings } from './settings/settings.ts';
import { subscriptionEndpoints } from './subscriptions/subscription-endpoints.ts';
import { messagingTemplateEndpoints } from './templates/messaging-template-endpoints.ts';
import { templateEndpoints } from './templates/template-endpoints.ts';
import type { Stage } from './world/stage.ts';
import { World } from './world/world.ts';

const BODY_LIMIT = 1_048_576;
/** Connections to one webhook address; more deliveries wait for a free one. */
const WEBHOOK_CONNECTIONS = 64;

const endpoints: Endpoint[] = [
  ...tokenEndpoints,
  engagementEndpoint,
  ...conversationEndpoints,
  ...contactEndpoints,
  ...participantEndpoints,
  ...routingEndpoints,
  ...templateEndpoints,
  ...messagingTemplateEndpoints,
  agentlessEndpoint,
  ...subscriptionEndpoints,
  ...crmEndpoints,
];

/** A provider with a small CRM beside it, on one port. Several can run in one process. */
export class Simulator implements Stage {
  readonly #settings: Settings;
  readonly #agent = new Agent({ connections: WEBHOOK_CONNECTIONS });
  readonly #app: FastifyInstance;
  #world: World;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#world = new World(settings, this.#agent);
    this.#app = Fastify({
      bodyLimit: BODY_LIMIT,
      exposeHeadRoutes: false,
      forceCloseConnections: true,
      routerOptions: { maxParamLength: 500 },
    });
    this.#addRoutes();
  }

  get world(): World {
    return this.#world;
  }

  /** Listens and returns the address, such as `http://127.0.0.1:7000`. */
  async start(host: string, port: number): Promise<string> {
    await this.#app.listen({ host, port });
    const address = this.#app.server.address();
    const bound = typeof address === 'object' && address ? address.port : port;
    return `http://${host.includes(':') ? `[${host}]` : host}:${bound}`;
  }

  /** Back to the settings it was started with, and nothing has happened yet. */
  reset(): void {
    this.#world.close();
    this.#world = new World(this.#settings, this.#agent);
  }

  async close(): Promise<void> {
    this.#world.close();
    await this.#app.close();
    await this.#agent.destroy();
  }

  #addRoutes(): void {
    const app = this.#app;
    // Bodies stay bytes: whose request it is comes before whether it can be parsed.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    for (const endpoint of endpoints) {
      app.route({
        method: endpoint.method,
        url: endpoint.path,
        handler: (request, reply) => new Exchange(this.#world, endpoint, request, reply).run(),
        errorHandler: (error, request, reply) => {
          new Exchange(this.#world, endpoint, request, reply).refuse(error);
        },
      });
    }
    app.setNotFoundHandler((request, reply) => new Exchange(this.#world, nowhere, request, reply).run());
    for (const path of ['/health/live', '/health/ready']) app.get(path, () => ({ status: 'ok' }));
    addControlRoutes(app, this);
    addPage(app, this);
  }
}

/** Where requests end that no endpoint takes: counted like any other when they carry a known token. */
const nowhere: Endpoint = {
  method: 'GET',
  path: '*',
  identify: (world, incoming) => {
    if (incoming.path.startsWith('/crm/')) return { principal: world.crm };
    return ownerOf(world, incoming.bearer);
  },
  handle: ({ incoming }) => {
    throw notFound(`${incoming.request.method} ${incoming.path} does not exist`);
  },
};
