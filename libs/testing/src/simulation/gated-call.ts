import type { SimulatedProcess } from './simulated-process.ts';
import type { Simulation } from './simulation.ts';

/** As the client has it by default. */
const COMMAND_TIMEOUT_MS = 2_000;

/** One command of a process to Redis: it ends once, by its reply, by the client's time-out or with its connection. */
export class GatedCall {
  readonly ended: Promise<unknown>;
  isCut = false;
  resolve!: (reply: unknown) => void;
  reject!: (error: Error) => void;
  private isEnded = false;
  private readonly timer: unknown;

  constructor(
    private readonly simulation: Simulation,
    private readonly process: SimulatedProcess,
    /** The calls of its connection. */
    private readonly open: Set<GatedCall>,
  ) {
    this.ended = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.timer = setTimeout(() => this.end(() => this.reject(new Error('Command timed out'))), COMMAND_TIMEOUT_MS);
    open.add(this);
  }

  /** Redis has answered; the process gets to know when its turn comes, in the order of its calls. */
  answer(label: string, tell: () => void): void {
    if (this.isEnded || this.isCut) return;
    this.simulation.add(label, () => this.end(tell), { owner: this.process, channel: this.open });
  }

  cut(error: Error): void {
    this.isCut = true;
    const lost = () => this.end(() => this.reject(error));
    this.simulation.add(`${this.process.name} loses its connection`, lost, { owner: this.process });
  }

  private end(tell: () => void): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.open.delete(this);
    clearTimeout(this.timer as NodeJS.Timeout);
    tell();
  }
}
