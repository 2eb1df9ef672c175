// The floor of the ingress: the bare loop over the same requests, Node's own HTTP server, HMAC and the bare producer.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { BareProducer } from './bare-producer.ts';

export interface FloorOrder {
  brokers: string[];
  topic: string;
  partitions: number;
  port: number;
  secret: string;
}

// By the environment, since arguments can be read by everybody on the machine.
const order = JSON.parse(process.env.FLOOR_ORDER ?? '') as FloorOrder;
process.once('disconnect', () => process.exit());
const producer = await BareProducer.open(order.brokers, order.topic, order.partitions);
createServer((request, response) => {
  if (request.method === 'POST') take(request, response);
  else response.end('{}');
}).listen(order.port, '127.0.0.1');

function take(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    const digest = createHmac('sha256', order.secret).update(body).digest();
    const given = Buffer.from(String(request.headers['x-genesys-cloud-signature']), 'hex');
    if (given.length !== digest.length || !timingSafeEqual(given, digest)) return answer(response, 401);
    const event = JSON.parse(body.toString()) as { conversation: { id: string } };
    producer.send({ key: event.conversation.id, value: body }).then(
      () => answer(response, 200),
      () => answer(response, 503),
    );
  });
}

function answer(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
}
