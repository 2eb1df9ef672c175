import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Kafka as KafkajsClient, logLevel, type ISocketFactoryArgs, type KafkaConfig, type LogEntry } from 'kafkajs';
import { withDeadline } from '@heliograph/runtime';
import type { KafkaLog, KafkaSettings } from '../settings.ts';
import { quietRequestQueues } from './quiet-request-queue.ts';

const KEEP_ALIVE_MS = 60_000;

quietRequestQueues();

/** What kafkajs may say of itself. Everything else of its log entries could hold what records hold. */
const LOGGED_FIELDS = ['broker', 'groupId', 'topic', 'partition', 'retryCount', 'retryTime'] as const;

/** They call every lost connection and every answer that says no an error; what it means is for the callers to say. */
const QUIET_PARTS = new Set(['Connection', 'ConnectionPool', 'RequestQueue', 'BrokerPool', 'Broker', 'Cluster']);

const DISCONNECT_WITHIN_MS = 1_000;

/** A kafkajs client whose connections can be cut. */
export interface OpenClient {
  readonly client: KafkajsClient;
  /**
   * Cuts every connection at once, and those it still tries to open: what is not yet sent stays unsent, and pending
   * requests fail. The client is of no use afterwards.
   */
  readonly cut: () => void;
  /** Disconnects in order where that is possible within a second, then cuts. */
  readonly close: (disconnect: () => Promise<void>) => Promise<void>;
}

/**
 * A client of its own, with its own connections.
 *
 * kafkajs' `disconnect` waits for answers to pending requests and stops the timer that would give them up, so after a
 * lost answer it never returns and its socket keeps the process alive. `cut` is the way out.
 */
export function openClient(settings: KafkaSettings, log: KafkaLog, overrides: Partial<KafkaConfig> = {}): OpenClient {
  const sockets = new Set<Socket>();
  let ended = false;
  const cut = () => {
    ended = true;
    sockets.forEach(reset);
  };
  const client = new KafkajsClient({
    clientId: settings.clientId,
    brokers: [...settings.brokers],
    ssl: settings.ssl,
    sasl: settings.sasl as KafkaConfig['sasl'],
    connectionTimeout: settings.connectionTimeoutMs,
    requestTimeout: settings.requestTimeoutMs,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 8 },
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => (ended ? undefined : report(log, entry)),
    socketFactory: (args) => {
      const socket = openSocket(args);
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      if (ended) setImmediate(reset, socket);
      return socket;
    },
    ...overrides,
  });
  const close = async (disconnect: () => Promise<void>) => {
    await withDeadline(disconnect(), DISCONNECT_WITHIN_MS, 'disconnecting').catch(() => undefined);
    cut();
  };
  return { client, cut, close };
}

function openSocket({ host, port, ssl, onConnect }: ISocketFactoryArgs): Socket {
  const socket = ssl
    ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }), ...ssl }, onConnect)
    : connectTcp({ host, port }, onConnect);
  return socket.setKeepAlive(true, KEEP_ALIVE_MS).setNoDelay(true);
}

/**
 * kafkajs learns of it through the error event; a plain destroy would leave its requests pending. A socket that was ended
 * already must not be reset: Node never closes its handle then, and the process cannot end.
 */
function reset(socket: Socket): void {
  const isOpen = !socket.connecting && !socket.writableEnded;
  if (isOpen && 'resetAndDestroy' in socket && !('encrypted' in socket)) socket.resetAndDestroy();
  socket.destroy();
  socket.emit('error', new Error('the connection was given up'));
}

function report(log: KafkaLog, { namespace, level, log: entry }: LogEntry): void {
  const fields: Record<string, unknown> = { part: namespace };
  for (const name of LOGGED_FIELDS) if (entry[name] !== undefined) fields[name] = entry[name];
  if (typeof entry.error === 'string') fields.error = entry.error;
  const quiet = level > logLevel.WARN || QUIET_PARTS.has(namespace);
  log[quiet ? 'debug' : 'warn'](fields, `kafkajs: ${entry.message}`);
}
