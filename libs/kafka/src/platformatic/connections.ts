import type { API, Connection, ConnectionOptions } from '@platformatic/kafka';
import { isIP } from 'node:net';
import { Unavailable, withDeadline } from '@heliograph/runtime';
import type { KafkaSettings } from '../settings.ts';
import { answeredErrors } from './answer-errors.ts';
import type { Library } from './library.ts';

const KEEP_ALIVE_MS = 60_000;

/** Where a broker listens. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

/**
 * Connections to brokers, one for each purpose: a broker answers the requests of one connection one after the other, so a
 * fetch that waits for records would hold up a heartbeat.
 */
export class Connections {
  private readonly opened = new Map<string, Promise<Connection>>();
  private readonly all = new Set<Connection>();
  private ended = false;

  constructor(
    private readonly library: Library,
    private readonly settings: KafkaSettings,
  ) {}

  /** An open connection; the one that is there, or a new one. @throws Unavailable when there is none to be had */
  async to({ host, port }: Place, purpose: string): Promise<Connection> {
    const key = `${purpose} ${host}:${port}`;
    const opened = this.opened.get(key) ?? this.open(key, host, port);
    this.opened.set(key, opened);
    try {
      return await opened;
    } catch (error) {
      if (this.opened.get(key) === opened) this.opened.delete(key);
      const reason = error instanceof Error ? error.message : String(error);
      if (isRefusal(error)) throw error;
      throw new Unavailable('kafka', reason, { cause: error });
    }
  }

  /**
   * Asks and waits for the answer. A connection on which an answer is overdue is cut, since the library would give up the
   * next ones in vain; what is asked on it fails at once.
   *
   * @throws the library's error that holds the answer, when a broker says no
   */
  async ask<Arguments extends unknown[], Answer>(
    connection: Connection,
    api: API<Arguments, Answer>,
    withinMs: number,
    ...request: Arguments
  ): Promise<Answer> {
    try {
      return await withDeadline(api.async(connection, ...request), withinMs, `request ${api.key} to Kafka`);
    } catch (error) {
      if (answeredErrors(error).length === 0) cut(connection);
      throw error;
    }
  }

  /** Cuts every connection at once, and those still to come. */
  cut(): void {
    this.ended = true;
    this.all.forEach(cut);
    this.opened.clear();
  }

  private async open(key: string, host: string, port: number): Promise<Connection> {
    const connection = new this.library.Connection(this.settings.clientId, this.options(host));
    this.all.add(connection);
    // Without a listener an error event ends the process. What it means is told to whoever asked.
    connection.on('error', () => undefined);
    const gone = () => {
      this.all.delete(connection);
      this.opened.delete(key);
    };
    connection.once('close', gone);
    try {
      if (this.ended) throw new Unavailable('kafka', 'the client is closed');
      await connection.connect(host, port);
      if (this.ended) throw new Unavailable('kafka', 'the client is closed');
      connection.socket.setKeepAlive(true, KEEP_ALIVE_MS);
      return connection;
    } catch (error) {
      cut(connection);
      gone();
      throw error;
    }
  }

  private options(host: string): ConnectionOptions {
    const { ssl, sasl, connectionTimeoutMs, requestTimeoutMs, rebalanceTimeoutMs } = this.settings;
    return {
      connectTimeout: connectionTimeoutMs,
      // Each request has its own limit; this one is above all of them.
      requestTimeout: 2 * (requestTimeoutMs + rebalanceTimeoutMs),
      ...(ssl === false ? {} : { tls: ssl === true ? {} : ssl, tlsServerName: isIP(host) === 0 }),
      ...(sasl === undefined ? {} : { sasl: { ...sasl, mechanism: mechanismOf(sasl.mechanism) } }),
    };
  }
}

/**
 * The library's own `close` lets what is pending be sent, and a socket that is destroyed while it connects leaves a timer
 * behind: both together do neither.
 */
function cut(connection: Connection): void {
  connection.close(() => undefined);
  (connection.socket as Connection['socket'] | undefined)?.destroy();
}

function isRefusal(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'PLT_KFK_AUTHENTICATION';
}

function mechanismOf(mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512') {
  return mechanism.toUpperCase() as 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
}
