import type { SimulatedProcess } from './simulated-process.ts';
import type { Simulation } from './simulation.ts';

/** As the client has it by default. */
const COMMAND_TIMEOUT_MS = 2_000;

/** Of a process, until it connects anew. */
export class GatedConnection {
  /** Calls under way. */
  readonly open = new Set<GatedCall>();
  private readonly arrived: (() => void)[] = [];

  constructor(
    private readonly simulation: Simulation,
    private readonly process: SimulatedProcess,
    /** Whether replies that are there are read together, so that the process goes on from all of them in one turn. */
    private readonly isReadAtOnce: boolean,
  ) {}

  /** Replies come in the order of the calls. */
  reply(label: string, tell: () => void): void {
    this.arrived.push(tell);
    if (this.isReadAtOnce && this.arrived.length > 1) return;
    const read = () => {
      for (const one of this.arrived.splice(0, this.isReadAtOnce ? Infinity : 1)) one();
    };
    this.simulation.add(label, read, { owner: this.process, channel: this });
  }
}

/** One command of a process to Redis: it ends once, by its reply, by the client's time-out or with its connection. */
export class GatedCall {
  readonly ended: Promise<unknown>;
  /** Redis will not run it any more. */
  isCut = false;
  resolve!: (reply: unknown) => void;
  reject!: (error: Error) => void;
  private isEnded = false;
  private readonly timer: unknown;

  constructor(
    private readonly simulation: Simulation,
    private readonly process: SimulatedProcess,
    private readonly connection: GatedConnection,
  ) {
    this.ended = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.timer = setTimeout(() => this.end(() => this.reject(new Error('Command timed out'))), COMMAND_TIMEOUT_MS);
    connection.open.add(this);
  }

  /** Redis has answered; the process gets to know when its turn comes, in the order of its calls. */
  answer(label: string, tell: () => void): void {
    if (this.isEnded || this.isCut) return;
    this.connection.reply(label, () => this.end(tell));
  }

  /** Its connection is gone. */
  fail(error: Error): void {
    const lost = () => this.end(() => this.reject(error));
    this.simulation.add(`${this.process.name} loses its connection`, lost, { owner: this.process });
  }

  private end(tell: () => void): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.connection.open.delete(this);
    clearTimeout(this.timer as NodeJS.Timeout);
    tell();
  }
}
