import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { portsTowards } from '../processes/connections.ts';
import { waitFor } from '../wait-for.ts';
import { Relay } from './relay.ts';

let server: Server;
let heard = '';
let relay: Relay;
const clients: Socket[] = [];

beforeAll(async () => {
  server = createServer((socket) =>
    socket.on('error', () => undefined).on('data', (chunk) => (heard += chunk.toString())),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  relay = await Relay.start(`redis://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

afterAll(async () => {
  for (const client of clients) client.destroy();
  await relay.stop();
  server.close();
});

async function client(): Promise<Socket> {
  const socket = connect(relay.port, '127.0.0.1').on('error', () => undefined);
  clients.push(socket);
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return socket;
}

const isHeard = (words: string) => waitFor(() => heard.includes(words), { description: `"${words}" is heard` });

describe('a relay', () => {
  it('loses what is said over open connections, which end when it is restored; new ones work', async () => {
    const first = await client();
    first.write('before ');
    await isHeard('before');
    relay.lose();
    first.write('lost ');
    const second = await client();
    second.write('lost, too ');
    expect([first, second].map(({ destroyed }) => destroyed)).toEqual([false, false]);
    relay.restore();
    await waitFor(() => first.destroyed && second.destroyed, { description: 'both connections have ended' });
    (await client()).write('after');
    await isHeard('after');
    expect(heard).toBe('before after');
  });
});

(process.platform === 'linux' ? describe : describe.skip)('the connections of a process', () => {
  it('are told by their local port, of this process and towards that port only', async () => {
    const socket = await client();
    expect(portsTowards(process.pid, relay.port)).toContain(socket.localPort);
    expect(portsTowards(process.ppid, relay.port)).not.toContain(socket.localPort);
    expect(portsTowards(process.pid, 1)).toEqual(new Set());
  });
});
