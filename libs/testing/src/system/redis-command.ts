import { createConnection } from 'node:net';

/** Says one command to a Redis and returns its answer as it comes over the wire. */
export function redisCommand(url: string, command: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = createConnection(Number(port), hostname, () => socket.write(`${command}\r\n`));
    socket.once('error', reject).once('data', (answer: Buffer) => {
      socket.destroy();
      resolve(answer.toString().trim());
    });
  });
}
