import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningRedis } from '../brokers/controls.ts';
import { startPrivateRedis } from '../brokers/start-brokers.ts';
import { workspaceRoot } from '../config.ts';
import { GatedCall, GatedConnection } from './gated-call.ts';
import { randomOf } from './random.ts';
import { VIRTUAL_TIME, type ScriptEdits } from './script-edits.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import type { Fault, Simulation } from './simulation.ts';

type Argument = string | number | Buffer;

interface Connection {
  readonly client: GateableClient;
  readonly gated: GatedConnection;
}

interface Slow {
  readonly ms: number;
  readonly script?: string;
  readonly meanwhile?: () => void;
}

interface Command {
  readonly name: string;
  readonly args: Argument[];
}

/** The client of libs/redis, as far as the gate takes hold of it. */
export interface GateableClient {
  readonly client: {
    call(name: string, ...args: Argument[]): Promise<unknown>;
    emit(event: 'close' | 'ready'): boolean;
  };
  whenUp(): Promise<void>;
  close(): Promise<void>;
}

/** One call of a script that Redis has run. */
export interface ScriptRun {
  readonly script: string;
  readonly keys: readonly string[];
  readonly args: readonly string[];
  readonly reply: unknown;
  readonly process: SimulatedProcess;
}

/** Longer than a session, so that the command of a former owner comes late. */
const LONG_MS = 15_000;

/** Quicker than FLUSHALL, which gives memory back. A schedule leaves a few dozen keys. */
const EMPTY = `for _, key in ipairs(redis.call('KEYS', '*')) do redis.call('DEL', key) end`;

/**
 * A real Redis whose calls happen when the simulation says so: a command is run when its turn comes, and its caller gets the
 * reply when the turn of that comes. Commands of one process keep their order, as on its connection.
 */
export class GatedRedis {
  private simulation!: Simulation;
  private runs = 0;
  /** Of half of all schedules. */
  private isReadAtOnce = false;
  private losingReply = new Set<SimulatedProcess>();
  /** The next command of a process, or the next of this name, is long on its way. */
  private slow = new Map<SimulatedProcess, Slow>();
  private connected = new Map<SimulatedProcess, Connection>();
  onScript: (run: ScriptRun) => void = () => undefined;

  private constructor(
    private readonly server: RunningRedis,
    private readonly direct: GateableClient,
    private readonly open: (url: string) => GateableClient,
    private readonly scripts: ReadonlyMap<string, { name: string; source: string }>,
    private readonly loaded: Map<string, string>,
  ) {}

  /**
   * Starts a Redis of the simulation's own; it is emptied for each schedule.
   *
   * @param folders of the workspace whose .lua files the clients use
   * @param open opens a client
   */
  static async start(folders: readonly string[], open: (url: string) => GateableClient): Promise<GatedRedis> {
    const scripts = new Map<string, { name: string; source: string }>();
    for (const folder of folders) {
      for (const file of readdirSync(join(workspaceRoot(), folder), { recursive: true, encoding: 'utf8' })) {
        if (!file.endsWith('.lua')) continue;
        const source = readFileSync(join(workspaceRoot(), folder, file), 'utf8');
        const name = file.replace(/^.*\/|\.lua$/g, '');
        scripts.set(createHash('sha1').update(source).digest('hex'), { name, source });
      }
    }
    const server = await startPrivateRedis();
    const direct = open(server.url);
    await direct.whenUp();
    // What a schedule leaves is not kept.
    await direct.client.call('CONFIG', 'SET', 'appendonly', 'no');
    const gate = new GatedRedis(server, direct, open, scripts, new Map());
    await gate.plant({});
    return gate;
  }

  /** Loads the scripts, with changes. @throws Error when a change changes nothing */
  async plant(edits: ScriptEdits): Promise<void> {
    const known = new Set([...this.scripts.values()].map(({ name }) => name));
    for (const name of Object.keys(edits)) if (!known.has(name)) throw new Error(`there is no script ${name}`);
    for (const [sha, { name, source }] of this.scripts) {
      const edited = edits[name]?.(source) ?? source;
      if (edits[name] && edited === source) throw new Error(`the change to ${name} changes nothing`);
      this.loaded.set(sha, (await this.real.call('SCRIPT', 'LOAD', VIRTUAL_TIME + edited)) as string);
    }
  }

  /** Begins a schedule on an empty Redis. */
  async begin(simulation: Simulation): Promise<void> {
    this.simulation = simulation;
    this.runs = 1;
    this.isReadAtOnce = randomOf(simulation.seed ^ 0x1b56c4e9)() < 0.5;
    this.losingReply.clear();
    this.slow.clear();
    this.connected.clear();
    this.onScript = () => undefined;
    await this.real.call('EVAL', EMPTY, 0);
  }

  async close(): Promise<void> {
    await this.direct.close();
    await this.server.stop();
  }

  private get real(): GateableClient['client'] {
    return this.direct.client;
  }

  get runId(): string {
    return `run${this.runs}`;
  }

  /** A client for a process, verified as if it had just connected. It has no socket: nothing of it happens in real time. */
  connect<T extends GateableClient>(process: SimulatedProcess): T {
    const opened = this.open(`${this.server.url}?lazyConnect=true`);
    this.connected.set(process, { client: opened, gated: this.connection(process) });
    Object.assign(opened.client, {
      stream: { cork() {}, uncork() {} },
      sendCommand: (command: Command) => this.take(process, command),
      disconnect: () => this.reconnect(process),
    });
    opened.client.emit('ready');
    return opened as T;
  }

  /** Redis is gone with all it had; `restart`: the process, too, so that its run id is another one and connections are cut. */
  async lose(restart: boolean): Promise<void> {
    await this.real.call('EVAL', EMPTY, 0);
    if (!restart) return;
    this.runs++;
    for (const [process, { gated }] of this.connected) {
      for (const call of gated.open) call.isCut = true;
      this.reconnect(process);
    }
  }

  /** What is under way on a process' connection fails for it, although Redis may still run it. */
  private reconnect(process: SimulatedProcess): void {
    const { client, gated } = this.connected.get(process)!;
    for (const call of [...gated.open]) call.fail(new Error('Connection is closed.'));
    if (!process.alive) return;
    this.connected.set(process, { client, gated: this.connection(process) });
    this.simulation.as(process, () => client.client.emit('close'));
    const reconnects = () => void client.client.emit('ready');
    this.simulation.add(`${process.name} reconnects to Redis`, reconnects, { owner: process });
  }

  private connection(process: SimulatedProcess): GatedConnection {
    return new GatedConnection(this.simulation, process, this.isReadAtOnce);
  }

  /** The next call of a script by a process takes so long, milliseconds, and something happens when it has left. */
  slowDown(process: SimulatedProcess, script: string, ms: number, meanwhile: () => void): void {
    this.slow.set(process, { ms, script, meanwhile });
  }

  /** Looks into Redis from outside. */
  look(name: string, ...args: string[]): Promise<unknown> {
    return this.real.call(name, ...args);
  }

  faults(): Fault[] {
    const free = [...this.connected.keys()].filter(
      (process) => process.alive && !this.losingReply.has(process) && !this.slow.has(process),
    );
    return free.flatMap((process) => [
      {
        kind: 'lost reply',
        label: `the next reply of Redis to ${process.name} is lost`,
        weight: 0.4,
        run: () => void this.losingReply.add(process),
      },
      {
        kind: 'slow command',
        label: `the next command of ${process.name} to Redis is long on its way`,
        weight: 0.4,
        run: (detail) => void this.slow.set(process, { ms: detail * LONG_MS }),
      },
    ]);
  }

  private take(process: SimulatedProcess, { name, args }: Command): Promise<unknown> {
    if (name === 'info') return Promise.resolve(`run_id:${this.runId}\r\n`);
    const { gated } = this.connected.get(process)!;
    const what = (name === 'evalsha' ? this.scripts.get(String(args[0]))?.name : undefined) ?? name;
    const isReplyLost = this.losingReply.delete(process);
    const call = new GatedCall(this.simulation, process, gated);
    const run = async () => {
      if (call.isCut) return;
      const answer = await this.run(process, name, args, what).then(
        (reply) => () => call.resolve(reply),
        (error: Error) => () => call.reject(error),
      );
      if (!isReplyLost) call.answer(`${process.name} gets the reply to ${what}`, answer);
    };
    const notBefore = this.simulation.now + this.delayOf(process, what);
    this.simulation.add(`Redis runs ${what} for ${process.name}`, run, { channel: gated, waiting: process, notBefore });
    return call.ended;
  }

  private delayOf(process: SimulatedProcess, what: string): number {
    const slow = this.slow.get(process);
    if (!slow || (slow.script ?? what) !== what) return 0;
    this.slow.delete(process);
    slow.meanwhile?.();
    return slow.ms;
  }

  private async run(process: SimulatedProcess, name: string, args: Argument[], what: string): Promise<unknown> {
    const sha = name === 'evalsha' ? this.loaded.get(String(args[0])) : undefined;
    if (name === 'evalsha' && sha === undefined) throw new Error(`script ${String(args[0])} is in none of the folders`);
    const micros = String(Math.round(this.simulation.clock.date * 1_000));
    if (name === 'time') return [micros.slice(0, -6), micros.slice(-6)];
    const reply = await (sha === undefined
      ? this.real.call(name, ...args)
      : this.real.call(name, sha, ...args.slice(1), micros));
    if (sha !== undefined) {
      const count = Number(args[1]);
      const texts = args.slice(2).map(String);
      this.onScript({ script: what, keys: texts.slice(0, count), args: texts.slice(count), reply, process });
    }
    return reply;
  }
}
