/** Where lines go, as far as it matters here: `process.stdout` is one. */
export interface LineOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const CLEAR = '\r\u001B[K';

/** One line that moves, below lines that stay. Where the output is no terminal, every change of it is a line that stays. */
export class LiveLine {
  readonly #output: LineOutput;
  #line = '';
  #shown = '';

  constructor(output: LineOutput) {
    this.#output = output;
  }

  /** A line that stays. */
  say(line: string): void {
    this.#output.write(`${this.#line === '' ? '' : CLEAR}${line}\n`);
    this.#draw();
  }

  /** What the line that moves says from now on. */
  show(line: string): void {
    if (line === this.#shown) return;
    this.#shown = line;
    if (!this.#output.isTTY) return this.say(line);
    this.#line = line.slice(0, (this.#output.columns ?? 80) - 1);
    this.#output.write(CLEAR);
    this.#draw();
  }

  /** The line stays as it is. */
  end(): void {
    if (this.#line !== '') this.#output.write('\n');
    this.#line = '';
  }

  #draw(): void {
    if (this.#line !== '') this.#output.write(this.#line);
  }
}
