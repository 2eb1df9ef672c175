// The floor of the ingress: the bare loop over the same requests, Node's own HTTP server, HMAC and the bare producer.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { bareKafka, createTopic } from '../bare/bare-kafka.ts';
import { readOrder, tellReady } from '../bare/bare-process.ts';
import { BareProducer } from '../bare/bare-producer.ts';

export interface FloorOrder {
  brokers: string[];
  topic: string;
  port: number;
  secret: string;
}

const order = readOrder<FloorOrder>();
const { topic } = order;
await createTopic(bareKafka(order.brokers), topic);
const producer = await BareProducer.open(order.brokers);
createServer(take).listen(order.port, '127.0.0.1', tellReady);

function take(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    const digest = createHmac('sha256', order.secret).update(body).digest();
    const given = Buffer.from(String(request.headers['x-genesys-cloud-signature']), 'hex');
    if (given.length !== digest.length || !timingSafeEqual(given, digest)) return answer(response, 401);
    const event = JSON.parse(body.toString()) as { conversation: { id: string } };
    producer.send({ topic, key: event.conversation.id, value: body }).then(
      () => answer(response, 200),
      () => answer(response, 503),
    );
  });
}

function answer(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
}
