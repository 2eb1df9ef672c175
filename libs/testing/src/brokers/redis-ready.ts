import { connect } from 'node:net';
import { waitFor } from '../wait-for.ts';

/** Waits until Redis answers PING; while it still loads its data it answers with an error instead. */
export async function waitForRedis(url: string, timeoutMs: number, giveUp?: () => Error | undefined): Promise<void> {
  await waitFor(() => ping(url), {
    timeoutMs,
    description: `Redis at ${new URL(url).host} answers PING`,
    intervalMs: 25,
    giveUp,
  });
}

/** Speaks the two lines itself: this library must not depend on the client whose loss its tests look at. */
function ping(url: string): Promise<boolean> {
  const { hostname, port, username, password } = new URL(url);
  const credentials = [username, password].filter((part) => part !== '').map(decodeURIComponent);
  const login = password === '' ? '' : command('AUTH', ...credentials);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port || 6379), timeout: 2_000 });
    let answer = '';
    const settle = (): void => {
      socket.destroy();
      resolve(answer.includes('+PONG'));
    };
    socket.once('connect', () => socket.write(login + command('PING')));
    socket.once('error', reject);
    socket.once('timeout', settle);
    socket.once('close', settle);
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString();
      if (answer.includes('+PONG') || answer.includes('-')) settle();
    });
  });
}

function command(...words: string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}
