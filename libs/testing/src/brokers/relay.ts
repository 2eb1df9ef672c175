import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Stands between clients and a server and can lose what the clients say, while every connection stays open. */
export class Relay {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #losing = false;

  private constructor(server: Server, port: number, host: string) {
    this.#server = server;
    server.on('connection', (client) => this.#pair(client, connect(port, host)));
  }

  /** @param url of the server that is stood in front of */
  static async start(url: string): Promise<Relay> {
    const { hostname, port } = new URL(url);
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Relay(server, Number(port), hostname);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** From now on nothing that clients say arrives. */
  lose(): void {
    this.#losing = true;
  }

  /** New connections work again; those over which something was lost end. */
  restore(): void {
    this.#losing = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.restore();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #pair(client: Socket, server: Socket): void {
    server.setNoDelay(true);
    const end = (): void => [client, server].forEach((socket) => void socket.destroy());
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', end).on('close', () => (this.#sockets.delete(socket), end()));
    }
    client.on('data', (chunk) => {
      if (!this.#losing) server.write(chunk);
    });
    server.on('data', (chunk) => client.write(chunk));
  }
}
