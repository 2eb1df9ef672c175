import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { asRefusal } from '../exchange/exchange.ts';
import { Incoming } from '../exchange/incoming.ts';
import type { Stage } from '../world/stage.ts';
import { ControlCall, Lines, type ControlAnswer, type ControlRoute } from './control-call.ts';
import { conversationRoutes } from './conversation-routes.ts';
import { crmRoutes } from './crm-routes.ts';
import { evidenceRoutes } from './evidence-routes.ts';
import { faultRoutes } from './fault-routes.ts';
import { registrationRoutes } from './registration-routes.ts';
import { routingRoutes } from './routing-routes.ts';
import { runRoutes } from './run-routes.ts';
import { settingsRoutes } from './settings-routes.ts';
import { templateRoutes } from './template-routes.ts';

const routes: ControlRoute[] = [
  ...conversationRoutes,
  ...crmRoutes,
  ...faultRoutes,
  ...settingsRoutes,
  ...templateRoutes,
  ...registrationRoutes,
  ...routingRoutes,
  ...evidenceRoutes,
  ...runRoutes,
];

/** The control API under `/control`: no authentication, for development and tests only. */
export function addControlRoutes(app: FastifyInstance, stage: Stage): void {
  for (const { method, path, handle } of routes) {
    app.route({
      method,
      url: `/control${path}`,
      handler: async (request, reply) => {
        try {
          return send(reply, await handle(new ControlCall(stage, new Incoming(request))));
        } catch (error) {
          const { status, code, message } = asRefusal(error);
          return reply.code(status).send({ message, code, status });
        }
      },
    });
  }
}

function send(reply: FastifyReply, answer: ControlAnswer): FastifyReply {
  if (!(answer instanceof Lines)) return reply.send(answer);
  return reply.type('application/x-ndjson').send(Readable.from(answer.chunks));
}
