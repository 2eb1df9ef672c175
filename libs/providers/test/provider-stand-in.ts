import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { afterEach } from '@jest/globals';
import type { CallOptions } from '../src/call-result.ts';
import type { ClientDeps, ProviderAccount } from '../src/profile.ts';
import type { OpenConversation, ProviderClient } from '../src/provider-client.ts';
import type { SendRequest } from '../src/send-request.ts';
import { profileOf } from '../src/registry.ts';

export const SECRET = 'client-secret-that-must-not-leak';
export const TEXT = 'Hello, how can we assist you today?';
export const toSend: SendRequest = {
  providerConversationId: 'conv/1',
  channel: 'whatsapp',
  to: '15550001234',
  content: { type: 'text', text: TEXT },
  reference: 'message-1',
};
export const toOpen: OpenConversation = {
  channel: 'whatsapp',
  from: '15550009876',
  to: '15550001234',
  queueId: 'a1b2c3d4-e5f6-7890-abcd-ef1234567890',
  skills: [{ id: 'skill-whatsapp-support', level: 1 }],
  attributes: { source: 'headless_integration', campaign_id: 'whatsapp_outbound_001', compliance_opt_in: false },
  optIn: true,
  externalRef: 'crm_ticket_998877',
};

/** A request as it arrived. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
/** How the stand-in answers a request. */
export type Answer = (response: ServerResponse, seen: Seen) => void;

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

export const raw =
  (status: number, body: string | Buffer): Answer =>
  (response) =>
    response.writeHead(status).end(body);

export const goodToken = json(200, { access_token: 'token-1', token_type: 'bearer', expires_in: 3600 });
export const goodSend = json(200, { id: 'msg-1', status: 'queued' }, { 'X-RateLimit-Remaining': '41' });

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Listens until the test ends; returns host and port. */
export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => new Promise((resolve) => server.close(resolve)));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Where tokens are asked for: guide 000 §2, 002 §1, 004. */
const TOKEN_PATHS = ['/api/v2/oauth2/token', '/oauth2/token', '/oauth/token'];

/** A provider that answers with what the test says; counts what arrives. */
export async function provider(answer: Answer, token: Answer = goodToken) {
  const calls: Seen[] = [];
  const tokens: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const seen = { method, path: url, headers, body: Buffer.concat(chunks).toString() };
      const isToken = TOKEN_PATHS.includes(url);
      (isToken ? tokens : calls).push(seen);
      (isToken ? token : answer)(response, seen);
    });
  });
  const address = await listen(server);
  cleanups.push(() => server.closeAllConnections());
  return { base: `http://${address}`, calls, tokens };
}

/** A client that is closed when the test ends. */
export function clientOf(
  base: string,
  deps: Partial<ClientDeps> = {},
  tokenBase = base,
  over: Partial<ProviderAccount> = {},
): ProviderClient {
  const account = {
    id: 'acme-genesys',
    api: { baseUrl: base, tokenUrl: `${tokenBase}/api/v2/oauth2/token` },
    client: { id: 'acme-client', secret: SECRET },
    ...over,
  };
  const client = profileOf('genesys-guide')?.client(account, {
    takeGrant: () => Promise.resolve({ deadline: Infinity, use: () => undefined }),
    ...deps,
  });
  if (!client) throw new Error('the profile is not registered');
  cleanups.push(() => client.close());
  return client;
}

/** Options that leave five seconds for everything. */
export const soon = (more: Partial<CallOptions> = {}): CallOptions => ({
  sendBy: performance.now() + 5_000,
  timeoutMs: 5_000,
  ...more,
});

/** A prepared client at a provider with the given answer. */
export async function ready(answer: Answer, deps: Partial<ClientDeps> = {}) {
  const at = await provider(answer);
  const client = clientOf(at.base, deps);
  await client.prepare();
  return { ...at, client };
}

/** The list, once it is not empty. */
export async function waitForOne<T>(list: T[]): Promise<T[]> {
  while (list.length === 0) await new Promise((resolve) => setImmediate(resolve));
  return list;
}
