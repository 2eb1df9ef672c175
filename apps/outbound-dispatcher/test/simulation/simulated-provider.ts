import type { SendMessage } from '@heliograph/contracts';
import type { CallOptions, CallResult, ProviderClient, SendRequest } from '@heliograph/providers';
import { whole, type Fault, type SimulatedProcess, type Simulation } from '@heliograph/testing';

/** How long a request may take; afterwards its outcome is unknown to whoever sent it. */
export const REQUEST_TIMEOUT_MS = 8_000;
/** A request that was begun in time can still arrive so long after its time-out: less than the margin of resolve-after. */
const LATE_MS = 1_900;
const LATEST_MS = REQUEST_TIMEOUT_MS + LATE_MS;
const THROTTLED_MS = 700;
const CONVERSATION = 'conversation';

/** A message as the provider took it. */
export interface Arrival {
  readonly text: string;
  readonly at: number;
}

/** What the provider answers to a message, the first times it is asked. */
type Mood = 'ok' | 'refused' | 'throttled' | 'closed';

/** The provider: what it took, in the order in which it arrived. */
export class SimulatedProvider {
  readonly arrivals: Arrival[] = [];
  private readonly moods = new Map<string, Mood[]>();
  private losing: 'request' | 'answer' | undefined;
  /** How long the next request is on its way, milliseconds. */
  private slowMs = 0;
  /** Processes whose next message is all but late, and what happens to them when it has left. */
  private readonly cutOff = new Map<SimulatedProcess, { readonly slowMs: number; readonly meanwhile: () => void }>();
  private conversations = 0;
  onArrival: (arrival: Arrival) => void = () => undefined;

  constructor(private readonly simulation: Simulation) {}

  /** Decides how the provider will take a message. */
  plan({ content }: SendMessage): void {
    const { data } = this.simulation;
    const moods: Mood[] = [];
    if (whole(data, 8) === 0) moods.push('throttled');
    if (whole(data, 10) === 0) moods.push('closed');
    if (whole(data, 10) === 0) moods.push('refused');
    this.moods.set(content.text!, moods);
  }

  /** The provider's client in a process. */
  client(process: SimulatedProcess): ProviderClient {
    const client: Pick<ProviderClient, 'prepare' | 'prepared' | 'sendMessage' | 'openConversation'> = {
      prepare: async () => undefined,
      prepared: () => true,
      sendMessage: (request, options) =>
        this.call(process, `message ${textOf(request)}`, options, () => this.takeMessage(request)),
      openConversation: (_request, options) =>
        this.call(process, CONVERSATION, options, () => ok({ providerConversationId: `pc${++this.conversations}` })),
    };
    return client as ProviderClient;
  }

  faults(): Fault[] {
    if (this.losing || this.slowMs > 0) return [];
    const losses = (['request', 'answer'] as const).map((what) => ({
      kind: `call without ${what}`,
      label: `the next call of the provider loses its ${what}`,
      weight: 0.7,
      run: () => void (this.losing = what),
    }));
    const slow = (detail: number) => void (this.slowMs = detail * LATEST_MS);
    return [
      ...losses,
      { kind: 'slow call', label: 'the next request to the provider is long on its way', weight: 1, run: slow },
    ];
  }

  /** The next message of a process is long on its way, and something happens to the process meanwhile. */
  cutOffAtNextCall(process: SimulatedProcess, detail: number, meanwhile: () => void): void {
    this.cutOff.set(process, { slowMs: LATEST_MS * (0.6 + 0.4 * detail), meanwhile });
  }

  private call<T>(
    process: SimulatedProcess,
    what: string,
    { sendBy, timeoutMs }: CallOptions,
    take: () => CallResult<T>,
  ): Promise<CallResult<T>> {
    return new Promise((resolve) => {
      const begin = () => {
        if (performance.now() >= sendBy) {
          return resolve({ outcome: 'not-sent', code: 'send-by-passed', reason: 'it was too late' });
        }
        const unknown = () => resolve({ outcome: 'unknown', reason: 'no answer in time' });
        const timer = setTimeout(unknown, timeoutMs);
        const answered = (answer: CallResult<T>) => {
          clearTimeout(timer);
          // By the clock of whoever is told to wait.
          resolve(answer.outcome === 'throttled' ? { ...answer, retryAt: Date.now() + THROTTLED_MS } : answer);
        };
        this.leave(process, what, take, answered);
      };
      this.simulation.add(`${process.name} looks at send-by and sends its ${what}`, begin, { owner: process });
    });
  }

  private leave<T>(
    process: SimulatedProcess,
    what: string,
    take: () => CallResult<T>,
    answered: (answer: CallResult<T>) => void,
  ): void {
    const { now } = this.simulation;
    const cut = what === CONVERSATION ? undefined : this.cutOff.get(process);
    const notBefore = now + (cut ? cut.slowMs : this.slowMs);
    if (cut) {
      this.cutOff.delete(process);
      cut.meanwhile();
    } else this.slowMs = 0;
    const arrive = () => {
      const { losing } = this;
      this.losing = undefined;
      if (losing === 'request') return;
      const answer = take();
      if (losing === 'answer') return;
      this.simulation.add(`${process.name} gets the answer to its ${what}: ${answer.outcome}`, () => answered(answer), {
        owner: process,
      });
    };
    this.simulation.add(`the ${what} of ${process.name} arrives`, arrive, {
      waiting: process,
      notBefore,
      latest: now + LATEST_MS,
    });
  }

  private takeMessage(request: SendRequest): CallResult<{ providerMessageId: string }> {
    const text = textOf(request);
    switch (this.moods.get(text)!.shift()) {
      case 'throttled':
        return { outcome: 'throttled', retryAt: 0, named: true, reason: 'planned' };
      case 'closed':
        return { outcome: 'refused', code: 'conversation-closed', reason: 'planned' };
      case 'refused':
        return { outcome: 'refused', code: 'invalid-request', reason: 'planned' };
      default: {
        const arrival = { text, at: this.simulation.now };
        this.arrivals.push(arrival);
        this.onArrival(arrival);
        return ok({ providerMessageId: `${text}#${this.arrivals.length}` });
      }
    }
  }
}

const textOf = ({ content }: SendRequest): string => content.text ?? '';
const ok = <T>(value: T): CallResult<T> => ({ outcome: 'ok', value });
