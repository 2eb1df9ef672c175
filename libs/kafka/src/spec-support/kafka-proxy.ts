import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

const PRODUCE = 0;
const METADATA = 3;

/** forward: as if the proxy were not there; swallow: never arrives, the connection stays; cut: the connection ends instead. */
export type Fate = 'forward' | 'swallow' | 'cut';

/**
 * Stands between a client and a Kafka of one broker and decides what becomes of each produce request and of each answer to
 * one. Understands the frames of the protocol, and rewrites the broker's address in metadata so that clients stay with it.
 */
export class KafkaProxy {
  request: () => Fate = () => 'forward';
  answer: () => Fate = () => 'forward';
  /** Produce requests that reached the broker. */
  produced = 0;
  private readonly sockets = new Set<Socket>();
  private isFrozen = false;

  private constructor(
    private readonly server: Server,
    private readonly host: string,
    private readonly port: number,
  ) {
    server.on('connection', (client) => this.connected(client));
  }

  static async start(broker: string): Promise<KafkaProxy> {
    const [host = '', port] = broker.split(':');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new KafkaProxy(server, host, Number(port));
  }

  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Ends every connection, as a failing network would. */
  cutAll(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** Holds everything back, in both directions, as a network that is stuck would; connections stay open. */
  freeze(): void {
    this.isFrozen = true;
    for (const socket of this.sockets) socket.pause();
  }

  /** Lets go what was held back, in its order. */
  thaw(): void {
    this.isFrozen = false;
    for (const socket of this.sockets) socket.resume();
  }

  async stop(): Promise<void> {
    this.thaw();
    this.cutAll();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private connected(client: Socket): void {
    const broker = connect(this.port, this.host);
    const end = () => [client, broker].forEach((socket) => socket.destroy());
    for (const socket of [client, broker]) {
      this.sockets.add(socket);
      socket.on('error', end).on('close', () => (this.sockets.delete(socket), end()));
    }
    const asked = new Map<number, { api: number; version: number }>();
    const pass = (fate: Fate, to: Socket, frame: Buffer) => {
      if (fate === 'cut') end();
      else if (fate === 'forward') to.write(frame);
    };
    eachFrame(client, (frame) => {
      const api = frame.readInt16BE(4);
      asked.set(frame.readInt32BE(8), { api, version: frame.readInt16BE(6) });
      const fate = api === PRODUCE ? this.request() : 'forward';
      if (api === PRODUCE && fate === 'forward') this.produced++;
      pass(fate, broker, frame);
    });
    eachFrame(broker, (frame) => {
      const correlation = frame.readInt32BE(4);
      const { api, version } = asked.get(correlation)!;
      asked.delete(correlation);
      const address = this.server.address() as AddressInfo;
      const answer = api === METADATA ? withBrokerAt(frame, version, '127.0.0.1', address.port) : frame;
      pass(api === PRODUCE ? this.answer() : 'forward', client, answer);
    });
    if (this.isFrozen) for (const socket of [client, broker]) socket.pause();
  }
}

/** Calls back for each frame: four bytes of length, then that many. */
function eachFrame(socket: Socket, take: (frame: Buffer) => void): void {
  let rest = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const size = 4 + rest.readInt32BE(0);
      take(rest.subarray(0, size));
      rest = rest.subarray(size);
    }
  });
}

/** Metadata answer, versions 3 to 8: length, correlation, throttle time, brokers (node, host, port, rack), the rest. */
function withBrokerAt(frame: Buffer, version: number, host: string, port: number): Buffer {
  if (version < 3 || version > 8) throw new Error(`metadata of version ${version} is not understood`);
  if (frame.readInt32BE(12) !== 1) throw new Error('a proxy stands in for one broker only');
  const node = frame.subarray(16, 20);
  const afterHost = 22 + frame.readInt16BE(20);
  const tail = frame.subarray(afterHost + 4);
  const place = Buffer.alloc(2 + host.length + 4);
  place.writeInt16BE(host.length, 0);
  place.write(host, 2);
  place.writeInt32BE(port, 2 + host.length);
  const body = Buffer.concat([frame.subarray(4, 16), node, place, tail]);
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length);
  return Buffer.concat([length, body]);
}
